//! `dosemap.picture` over the core's renderer; PNG by the `png` crate.

use dosemap::error::DoseError;
use dosemap::picture::{self, View};
use numpy::ndarray::Array3;
use numpy::{IntoPyArray, PyArray3, PyReadonlyArray2, PyReadonlyArray3};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::to_python;
use crate::surface::Surface;

fn mismatch(message: String) -> PyErr {
    to_python(DoseError::Mismatch(message))
}

/// One view of a surface with a colour per vertex, as (rows, columns, 4) bytes: RGBA.
#[pyfunction]
#[pyo3(signature = (surface, colours, *, azimuth_deg, elevation_deg, pixel_mm))]
pub fn render<'py>(
    py: Python<'py>,
    surface: &Surface,
    colours: PyReadonlyArray2<'_, u8>,
    azimuth_deg: f64,
    elevation_deg: f64,
    pixel_mm: f64,
) -> PyResult<Bound<'py, PyArray3<u8>>> {
    let colours = colours.as_array();
    if colours.ncols() != 3 {
        return Err(mismatch(format!("colours has {} columns; it needs 3", colours.ncols())));
    }
    let colours: Vec<[u8; 3]> =
        colours.rows().into_iter().map(|row| [row[0], row[1], row[2]]).collect();
    let view = View { azimuth_deg, elevation_deg };
    let picture =
        py.detach(|| picture::render(&surface.0, &colours, view, pixel_mm)).map_err(to_python)?;
    let shape = (picture.height, picture.width, 4);
    let rows = Array3::from_shape_vec(shape, picture.rgba);
    Ok(rows.map_err(|error| mismatch(error.to_string()))?.into_pyarray(py))
}

/// RGBA bytes, (rows, columns, 4), as a PNG file.
#[pyfunction]
pub fn encode_png<'py>(
    py: Python<'py>,
    rgba: PyReadonlyArray3<'_, u8>,
) -> PyResult<Bound<'py, PyBytes>> {
    let rgba = rgba.as_array();
    let (height, width, channels) = rgba.dim();
    if channels != 4 {
        return Err(mismatch(format!("a picture has 4 channels, not {channels}")));
    }
    let bytes: Vec<u8> = rgba.iter().copied().collect();
    let encode = || -> Result<Vec<u8>, png::EncodingError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(file)
    };
    let file = py.detach(encode).map_err(|error| mismatch(error.to_string()))?;
    Ok(PyBytes::new(py, &file))
}
