//! The template of `data/body_template.ply`: one skin, the same vertices in 24 shapes.
//!
//! The file holds the left half and the midline; the right half is its mirror image.

use std::sync::LazyLock;

use super::address::Region;
use super::ply::{Ply, Table};
pub use super::skeleton::{Bone, Joint, Side};
use crate::error::DoseError;
use crate::math::Vec3;

pub(crate) static FILE: &[u8] = include_bytes!("../../data/body_template.ply");

/// Sexes of the shapes, in order.
pub const SEXES: [&str; 2] = ["female", "male"];
/// Ages of the shapes, in order: newborn, infant, child, young adult.
pub const AGE_NODES_YEARS: [f64; 4] = [0.0, 1.0, 10.0, 25.0];
const AGES: [&str; 4] = ["newborn", "infant", "child", "adult"];
/// Builds of the shapes, in order.
pub const BUILDS: [&str; 3] = ["slim", "average", "heavy"];
const UNITS_PER_MM: f64 = 10.0;

/// The skin and the joints of one shape, standing upright in the A-pose, soles at z = 0.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Position of each vertex, mm.
    pub vertices_mm: Vec<Vec3>,
    /// Position of each joint, mm, by [`Joint::index`].
    pub joints_mm: [Vec3; Joint::COUNT],
}

/// What all shapes have in common, and the shapes.
#[derive(Debug, Clone)]
pub struct Template {
    /// Corners of the triangles, counter-clockwise seen from outside: closed, in one piece.
    pub triangles: Vec<[u32; 3]>,
    /// Index of the mirror image of each vertex; those of the midline are their own.
    pub mirror: Vec<u32>,
    /// The bones that move each vertex and their shares, which sum to 1.
    pub bones: Vec<[(Bone, f64); 4]>,
    /// Part of the body that each vertex belongs to.
    pub region: Vec<Region>,
    /// Vertebral coordinate of each vertex of trunk and neck; see [`super::address::Level`].
    pub level: Vec<Option<f64>>,
    shapes: Vec<Shape>,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    Template::read(FILE).unwrap_or_else(|error| panic!("embedded body template: {error}"))
});

/// The template.
#[must_use]
pub fn template() -> &'static Template {
    &TEMPLATE
}

impl Template {
    /// The shape of a sex (0 female, 1 male), an age of [`AGE_NODES_YEARS`] and a build of
    /// [`BUILDS`].
    ///
    /// # Panics
    /// When an index is out of range.
    #[must_use]
    pub fn shape(&self, sex: usize, age: usize, build: usize) -> &Shape {
        assert!(sex < 2 && age < 4 && build < 3, "no shape ({sex}, {age}, {build})");
        &self.shapes[(sex * AGES.len() + age) * BUILDS.len() + build]
    }

    fn read(bytes: &[u8]) -> Result<Self, DoseError> {
        let file = Ply::read(bytes).ok_or_else(|| wrong("not the PLY that was expected"))?;
        let vertex = file.table("vertex").ok_or_else(|| wrong("no vertices"))?;
        let joint = file.table("joint").ok_or_else(|| wrong("no joints"))?;
        let half = Half::of(&points(vertex, &shape_name(0, 0, 0))?);
        let mut shapes = Vec::new();
        for sex in 0..SEXES.len() {
            for age in 0..AGES.len() {
                for build in 0..BUILDS.len() {
                    let name = shape_name(sex, age, build);
                    let left = points(vertex, &name)?;
                    shapes.push(Shape {
                        vertices_mm: half.with_right(left, |p| Vec3::new(-p.x, p.y, p.z)),
                        joints_mm: joints(&points(joint, &name)?)?,
                    });
                }
            }
        }
        Ok(Self {
            triangles: half.both_sides(&file.triangles)?,
            mirror: half.mirror(),
            bones: half.with_right(skin_weights(vertex)?, |bones| {
                bones.map(|(bone, share)| (bone.mirrored(), share))
            }),
            region: half.with_right(regions(vertex)?, Region::mirrored),
            level: half.with_right(
                column(vertex, "level")?.iter().map(|&z| z.is_finite().then_some(z)).collect(),
                |level| level,
            ),
            shapes,
        })
    }
}

/// Which vertices of the file's half are on the midline, and where the images of the others go.
struct Half {
    image: Vec<u32>,
}

impl Half {
    fn of(left: &[Vec3]) -> Self {
        let mut next = left.len();
        let image = left.iter().enumerate().map(|(index, point)| {
            if point.x == 0.0 {
                index as u32
            } else {
                next += 1;
                next as u32 - 1
            }
        });
        Self { image: image.collect() }
    }

    fn is_on_midline(&self, index: usize) -> bool {
        self.image[index] as usize == index
    }

    /// The values of the half, followed by those of the right.
    fn with_right<T: Copy>(&self, mut left: Vec<T>, mirrored: impl Fn(T) -> T) -> Vec<T> {
        let right: Vec<T> = (0..left.len())
            .filter(|&index| !self.is_on_midline(index))
            .map(|index| mirrored(left[index]))
            .collect();
        left.extend(right);
        left
    }

    fn mirror(&self) -> Vec<u32> {
        let mut mirror = self.image.clone();
        mirror.extend((0..self.image.len()).filter(|&i| !self.is_on_midline(i)).map(|i| i as u32));
        mirror
    }

    /// The triangles of the half and their images, turned round to stay outward.
    fn both_sides(&self, left: &[[u32; 3]]) -> Result<Vec<[u32; 3]>, DoseError> {
        if left.iter().flatten().any(|&corner| corner as usize >= self.image.len()) {
            return Err(wrong("a triangle names a vertex that is not there"));
        }
        let image = |corner: u32| self.image[corner as usize];
        let right = left.iter().map(|&[a, b, c]| [image(c), image(b), image(a)]);
        Ok(left.iter().copied().chain(right).collect())
    }
}

fn shape_name(sex: usize, age: usize, build: usize) -> String {
    format!("{}_{}_{}", SEXES[sex], AGES[age], BUILDS[build])
}

fn wrong(what: &str) -> DoseError {
    DoseError::Surface(format!("body template file: {what}"))
}

fn column<'a>(table: &'a Table, name: &str) -> Result<&'a [f64], DoseError> {
    table.column(name).ok_or_else(|| wrong(&format!("no column {name}")))
}

fn points(table: &Table, shape: &str) -> Result<Vec<Vec3>, DoseError> {
    let axis = |axis: char| column(table, &format!("{shape}_{axis}"));
    let (x, y, z) = (axis('x')?, axis('y')?, axis('z')?);
    let point = |i: usize| Vec3::new(x[i], y[i], z[i]) * (1.0 / UNITS_PER_MM);
    Ok((0..x.len()).map(point).collect())
}

/// Joints of the midline and the left, completed by the right.
fn joints(left: &[Vec3]) -> Result<[Vec3; Joint::COUNT], DoseError> {
    let right = left.iter().skip(Joint::CENTRAL).map(|p| Vec3::new(-p.x, p.y, p.z));
    let all: Vec<Vec3> = left.iter().copied().chain(right).collect();
    all.try_into().map_err(|_| wrong("a wrong number of joints"))
}

fn skin_weights(vertex: &Table) -> Result<Vec<[(Bone, f64); 4]>, DoseError> {
    let all: Vec<Bone> = Bone::all().collect();
    let mut weights = vec![[(Bone::Trunk, 0.0); 4]; column(vertex, "bone0")?.len()];
    for slot in 0..4 {
        let bones = column(vertex, &format!("bone{slot}"))?;
        let shares = column(vertex, &format!("weight{slot}"))?;
        for ((entry, &bone), &share) in weights.iter_mut().zip(bones).zip(shares) {
            let bone = all.get(bone as usize).ok_or_else(|| wrong("an unknown bone"))?;
            entry[slot] = (*bone, share / f64::from(u16::MAX));
        }
    }
    Ok(weights)
}

fn regions(vertex: &Table) -> Result<Vec<Region>, DoseError> {
    let known = |&id: &f64| Region::from_id(id as usize).ok_or_else(|| wrong("an unknown region"));
    column(vertex, "region")?.iter().map(known).collect()
}

#[cfg(test)]
mod tests;
