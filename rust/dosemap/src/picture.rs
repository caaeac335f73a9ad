//! Pictures of a surface: orthographic views with a depth buffer, shaded, as RGBA pixels.
//!
//! For figures and reports that must not need a browser or a graphics card. The light stands
//! beside the camera, so that every view is lit alike.

use crate::error::DoseError;
use crate::math::Vec3;
use crate::surface::TriangleSurface;

/// Samples along each side of a pixel, averaged: smooth edges.
const SAMPLES: usize = 2;

/// Pictures larger than this along a side are refused.
const MAX_SIDE_PIXELS: f64 = 8192.0;

/// Light that falls everywhere, as a share of all.
const AMBIENT: f64 = 0.35;

/// Red, green and blue of a vertex.
pub type Colour = [u8; 3];

/// Where the camera stands, as the detector of a C-arm: angle 0 looks at the front of the patient,
/// azimuth +90 degrees at the left side, elevation + from the head.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Around the head-foot axis, degrees.
    pub azimuth_deg: f64,
    /// Above the horizontal plane of a standing patient, degrees.
    pub elevation_deg: f64,
}

/// Pixels from top left, row by row, four bytes each: red, green, blue, opacity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

/// Right, up and towards the camera.
struct Camera([Vec3; 3]);

impl Camera {
    fn new(view: View) -> Self {
        let (sin_a, cos_a) = view.azimuth_deg.to_radians().sin_cos();
        let (sin_e, cos_e) = view.elevation_deg.to_radians().sin_cos();
        let towards = Vec3::new(sin_a * cos_e, -cos_a * cos_e, sin_e);
        let right = Vec3::new(cos_a, sin_a, 0.0);
        Self([right, towards.cross(right), towards])
    }

    /// Coordinates to the right, up and towards the camera.
    fn see(&self, v: Vec3) -> [f64; 3] {
        self.0.map(|axis| axis.dot(v))
    }
}

/// A vertex on the canvas: column, row and nearness, all in samples, and how it shines.
#[derive(Clone, Copy)]
struct Corner {
    place: [f64; 3],
    colour: [f64; 3],
}

/// Draw a surface.
///
/// # Errors
/// When there is not one colour per vertex, or the picture would be empty or too large.
pub fn render(
    surface: &TriangleSurface,
    colours: &[Colour],
    view: View,
    pixel_mm: f64,
) -> Result<Picture, DoseError> {
    if colours.len() != surface.len() {
        let (vertices, given) = (surface.len(), colours.len());
        return Err(DoseError::Mismatch(format!("{given} colours for {vertices} vertices")));
    }
    DoseError::check_range("pixel_mm", pixel_mm, (0.01, 1000.0), "mm")?;
    let camera = Camera::new(view);
    let seen: Vec<[f64; 3]> = surface.vertices_mm().iter().map(|&v| camera.see(v)).collect();
    let (low, high) = extent(&seen);
    // A trace of rounding must not cost a further pixel.
    let side = |axis: usize| ((high[axis] - low[axis]) / pixel_mm - 1e-6).ceil() + 2.0;
    let (width, height) = (side(0), side(1));
    for pixels in [width, height] {
        DoseError::check_range("picture side", pixels, (1.0, MAX_SIDE_PIXELS), "pixels")?;
    }
    let per_mm = SAMPLES as f64 / pixel_mm;
    let margin = SAMPLES as f64;
    let corner = |i: u32| {
        let i = i as usize;
        let [x, y, z] = seen[i];
        let facing = camera.0[2].dot(surface.normals()[i]).max(0.0);
        let light = AMBIENT + (1.0 - AMBIENT) * facing;
        Corner {
            place: [(x - low[0]) * per_mm + margin, (high[1] - y) * per_mm + margin, z * per_mm],
            colour: colours[i].map(|c| f64::from(c) * light),
        }
    };
    let mut canvas = Canvas::new(width as usize * SAMPLES, height as usize * SAMPLES);
    for triangle in surface.triangles() {
        canvas.fill(&triangle.map(corner));
    }
    Ok(canvas.averaged())
}

fn extent(points: &[[f64; 3]]) -> ([f64; 3], [f64; 3]) {
    let start = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    points.iter().fold(start, |(low, high), point| {
        (
            std::array::from_fn(|axis| low[axis].min(point[axis])),
            std::array::from_fn(|axis| high[axis].max(point[axis])),
        )
    })
}

/// Samples with the nearness of what was drawn there.
struct Canvas {
    width: usize,
    height: usize,
    nearness: Vec<f64>,
    colour: Vec<[f64; 3]>,
}

impl Canvas {
    fn new(width: usize, height: usize) -> Self {
        let count = width * height;
        Self {
            width,
            height,
            nearness: vec![f64::NEG_INFINITY; count],
            colour: vec![[0.0; 3]; count],
        }
    }

    /// Draw one triangle where nothing nearer was drawn. Faces that look away are left out: the
    /// inside of an open surface is not skin.
    fn fill(&mut self, corners: &[Corner; 3]) {
        let [a, b, c] = corners.map(|corner| corner.place);
        let doubled_area = edge(a, b, c);
        if doubled_area >= 0.0 {
            return; // anticlockwise to the eye is negative here, as rows run downwards
        }
        let span = |axis: usize, limit: usize| {
            let (low, high) =
                (a[axis].min(b[axis]).min(c[axis]), a[axis].max(b[axis]).max(c[axis]));
            ((low - 0.5).ceil().max(0.0) as usize)..((high - 0.5).floor() as usize + 1).min(limit)
        };
        for row in span(1, self.height) {
            for column in span(0, self.width) {
                let centre = [column as f64 + 0.5, row as f64 + 0.5, 0.0];
                let weights = [edge(b, c, centre), edge(c, a, centre), edge(a, b, centre)]
                    .map(|part| part / doubled_area);
                if weights.iter().any(|&weight| weight < 0.0) {
                    continue;
                }
                let mean = |of: &dyn Fn(&Corner) -> f64| -> f64 {
                    weights.iter().zip(corners).map(|(weight, corner)| weight * of(corner)).sum()
                };
                let sample = row * self.width + column;
                let nearness = mean(&|corner| corner.place[2]);
                if nearness > self.nearness[sample] {
                    self.nearness[sample] = nearness;
                    self.colour[sample] = std::array::from_fn(|k| mean(&|corner| corner.colour[k]));
                }
            }
        }
    }

    /// The mean of the samples of each pixel; its opacity is the share that was drawn on.
    fn averaged(&self) -> Picture {
        let (width, height) = (self.width / SAMPLES, self.height / SAMPLES);
        let mut rgba = Vec::with_capacity(4 * width * height);
        for row in 0..height {
            for column in 0..width {
                let samples = (0..SAMPLES * SAMPLES).map(|k| {
                    (row * SAMPLES + k / SAMPLES) * self.width + column * SAMPLES + k % SAMPLES
                });
                let drawn: Vec<_> = samples
                    .filter(|&sample| self.nearness[sample] > f64::NEG_INFINITY)
                    .map(|sample| self.colour[sample])
                    .collect();
                let count = drawn.len().max(1) as f64;
                let mean = |k: usize| drawn.iter().map(|colour| colour[k]).sum::<f64>() / count;
                rgba.extend([mean(0), mean(1), mean(2)].map(|value| value.round() as u8));
                rgba.push((255 * drawn.len() / (SAMPLES * SAMPLES)) as u8);
            }
        }
        Picture { width, height, rgba }
    }
}

/// Twice the signed area of a triangle on the canvas.
fn edge(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FRONT: View = View { azimuth_deg: 0.0, elevation_deg: 0.0 };

    /// A tetrahedron-like closed box with one colour per side of the body.
    fn block(half: Vec3) -> (TriangleSurface, Vec<Colour>) {
        let vertices: Vec<Vec3> = (0..8)
            .map(|i| {
                let sign = |bit: usize| if i >> bit & 1 == 1 { 1.0 } else { -1.0 };
                Vec3::new(sign(0) * half.x, sign(1) * half.y, sign(2) * half.z)
            })
            .collect();
        let quads =
            [[0, 1, 5, 4], [1, 3, 7, 5], [3, 2, 6, 7], [2, 0, 4, 6], [4, 5, 7, 6], [2, 3, 1, 0]];
        let triangles = quads.iter().flat_map(|&[a, b, c, d]| [[a, b, c], [a, c, d]]).collect();
        // Red to the patient's left, blue to the right.
        let colours = vertices.iter().map(|v| if v.x > 0.0 { [255, 0, 0] } else { [0, 0, 255] });
        let colours = colours.collect();
        (TriangleSurface::new(vertices, triangles).unwrap(), colours)
    }

    fn pixel(picture: &Picture, column: usize, row: usize) -> [u8; 4] {
        let at = 4 * (row * picture.width + column);
        picture.rgba[at..at + 4].try_into().unwrap()
    }

    #[test]
    fn size_and_opaque_area_are_those_of_the_outline() {
        let (block, colours) = block(Vec3::new(50.0, 20.0, 100.0));
        for (azimuth_deg, width_mm) in [(0.0, 100.0), (90.0, 40.0), (180.0, 100.0), (-90.0, 40.0)] {
            let view = View { azimuth_deg, ..FRONT };
            let picture = render(&block, &colours, view, 2.0).unwrap();
            assert_eq!((picture.width, picture.height), (width_mm as usize / 2 + 2, 102));
            let opacity: f64 =
                picture.rgba.iter().skip(3).step_by(4).map(|&a| f64::from(a) / 255.0).sum();
            let expected = width_mm * 200.0 / 4.0;
            assert!((opacity - expected).abs() < 1e-9 * expected, "{azimuth_deg} {opacity}");
            assert_eq!(pixel(&picture, 0, 0)[3], 0);
        }
    }

    #[test]
    fn the_left_of_the_patient_is_on_the_right_of_a_front_view() {
        let (block, colours) = block(Vec3::new(50.0, 20.0, 100.0));
        for (azimuth_deg, left, right) in [(0.0, 2, 0), (180.0, 0, 2)] {
            let picture = render(&block, &colours, View { azimuth_deg, ..FRONT }, 2.0).unwrap();
            let (near_left, near_right) = (pixel(&picture, 3, 50), pixel(&picture, 48, 50));
            assert!(near_left[left] > 100 && near_right[right] > 100, "{azimuth_deg}");
        }
        // From the left only red is seen, from the right only blue.
        for (azimuth_deg, seen) in [(90.0, 0), (-90.0, 2)] {
            let picture = render(&block, &colours, View { azimuth_deg, ..FRONT }, 2.0).unwrap();
            let middle = pixel(&picture, 11, 50);
            assert!(middle[seen] > 100 && middle[2 - seen] == 0, "{middle:?}");
        }
    }

    #[test]
    fn the_nearer_of_two_is_seen() {
        let (near, _) = block(Vec3::new(10.0, 10.0, 10.0));
        let mut vertices: Vec<Vec3> = near.vertices_mm().to_vec();
        let mut triangles = near.triangles().to_vec();
        // A larger block behind it (posterior), green; drawn after the nearer one.
        vertices.extend(near.vertices_mm().iter().map(|&v| v * 2.0 + Vec3::new(0.0, 60.0, 0.0)));
        triangles.extend(near.triangles().iter().map(|t| t.map(|i| i + 8)));
        let surface = TriangleSurface::new(vertices, triangles).unwrap();
        let colours: Vec<Colour> =
            (0..16).map(|i| if i < 8 { [255, 0, 0] } else { [0, 255, 0] }).collect();
        for (azimuth_deg, seen) in [(0.0, 0), (180.0, 1)] {
            let picture = render(&surface, &colours, View { azimuth_deg, ..FRONT }, 1.0).unwrap();
            let middle = pixel(&picture, picture.width / 2, picture.height / 2);
            assert!(middle[seen] > 100 && middle[1 - seen] == 0, "{azimuth_deg} {middle:?}");
        }
    }

    #[test]
    fn a_view_from_the_head_shows_the_top() {
        let (block, colours) = block(Vec3::new(50.0, 20.0, 100.0));
        let view = View { azimuth_deg: 0.0, elevation_deg: 90.0 };
        let picture = render(&block, &colours, view, 2.0).unwrap();
        assert_eq!((picture.width, picture.height), (52, 22));
    }

    #[test]
    fn impossible_pictures_are_refused() {
        let (block, colours) = block(Vec3::new(50.0, 20.0, 100.0));
        assert!(render(&block, &colours[1..], FRONT, 2.0).is_err());
        assert!(render(&block, &colours, FRONT, 0.011).is_err());
        assert!(render(&block, &colours, FRONT, f64::NAN).is_err());
    }
}
