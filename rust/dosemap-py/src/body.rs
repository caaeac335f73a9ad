//! `dosemap.body` over the core's parametric body.

use std::sync::Arc;

use dosemap::body::address::{Address, Level, Region};
use dosemap::body::comparison::compare;
use dosemap::body::person::{Person, Sex, masses_kg};
use dosemap::body::pose::Arms;
use dosemap::body::skeleton::Side;
use dosemap::body::{self, anthropometry};
use dosemap::error::DoseError;
use dosemap::spaces::PatientPosition;
use numpy::{IntoPyArray, PyArray1, ToPyArray};
use pyo3::prelude::*;

use crate::error::to_python;
use crate::surface::Surface;

/// The name of one of a few things, from a word.
fn word<T: Copy, const N: usize>(
    kind: &'static str,
    name: &str,
    known: [(&'static str, T); N],
) -> PyResult<T> {
    let found = known.iter().find(|(word, _)| *word == name).map(|&(_, value)| value);
    found.ok_or_else(|| {
        let known = known.map(|(word, _)| word).join(", ");
        to_python(DoseError::UnknownName { kind, name: name.to_owned(), known })
    })
}

fn sex_of(sex: Option<&str>) -> PyResult<Sex> {
    sex.map_or(Ok(Sex::Unknown), |sex| word("sex", sex, [("F", Sex::Female), ("M", Sex::Male)]))
}

fn arms_of(arms: &str) -> PyResult<Arms> {
    let known = [
        ("down", Arms::Down),
        ("board", Arms::Board),
        ("crossed", Arms::Crossed),
        ("up", Arms::Up),
        ("left_up", Arms::LeftUp),
        ("right_up", Arms::RightUp),
    ];
    word("arms", arms, known)
}

/// Age (years), height (mm) and mass (kg) of a person, what is missing filled in from reference
/// persons.
#[pyfunction]
#[pyo3(signature = (*, sex, age_years, height_mm, mass_kg))]
pub fn completed_person(
    sex: Option<&str>,
    age_years: Option<f64>,
    height_mm: Option<f64>,
    mass_kg: Option<f64>,
) -> PyResult<(f64, f64, f64)> {
    let person = Person::completed(sex_of(sex)?, age_years, height_mm, mass_kg);
    let person = person.map_err(to_python)?;
    Ok((person.age_years(), person.height_mm(), person.mass_kg()))
}

/// Mass of a person whose abdomen has this depth when lying, kg.
#[pyfunction]
#[pyo3(signature = (*, sex, age_years, height_mm, thickness_mm))]
pub fn mass_of_thickness_kg(
    sex: Option<&str>,
    age_years: Option<f64>,
    height_mm: Option<f64>,
    thickness_mm: f64,
) -> PyResult<f64> {
    let person = Person::completed(sex_of(sex)?, age_years, height_mm, None).map_err(to_python)?;
    anthropometry::mass_of_abdomen_depth_kg(&person, thickness_mm).map_err(to_python)
}

/// Least and largest mass for which a body of this height can be made, kg.
#[pyfunction]
pub fn masses_of_height_kg(height_mm: f64) -> (f64, f64) {
    masses_kg(height_mm)
}

/// A person's body; see `dosemap.body.Body`.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Body(body::Body);

type Vertices<'py> = Bound<'py, PyArray1<u32>>;

#[pymethods]
impl Body {
    #[new]
    #[pyo3(signature = (*, sex, age_years, height_mm, mass_kg, spacing_mm))]
    fn new(
        py: Python<'_>,
        sex: Option<&str>,
        age_years: f64,
        height_mm: f64,
        mass_kg: f64,
        spacing_mm: f64,
    ) -> PyResult<Self> {
        let person = Person::new(sex_of(sex)?, age_years, height_mm, mass_kg);
        let person = person.map_err(to_python)?;
        py.detach(|| body::Body::new(person, spacing_mm)).map(Self).map_err(to_python)
    }

    /// The skin as it rests in a position.
    #[pyo3(signature = (patient_position, *, arms, head_turned_deg))]
    fn posed(
        &self,
        py: Python<'_>,
        patient_position: &str,
        arms: &str,
        head_turned_deg: f64,
    ) -> PyResult<Surface> {
        let position = PatientPosition::from_term(patient_position).map_err(to_python)?;
        let arms = arms_of(arms)?;
        let surface = py.detach(|| self.0.posed(arms, head_turned_deg, position));
        surface.map(|surface| Surface(Arc::new(surface))).map_err(to_python)
    }

    /// Vertices that make contact, that are centred, at the head end and at the feet end.
    fn resting_parts<'py>(
        &self,
        py: Python<'py>,
        patient_position: &str,
    ) -> PyResult<[Option<Vertices<'py>>; 4]> {
        let position = PatientPosition::from_term(patient_position).map_err(to_python)?;
        let parts = self.0.resting_parts(position);
        Ok([parts.contact, parts.centred, parts.head_end, parts.feet_end]
            .map(|part| part.map(|part| part.into_pyarray(py))))
    }

    /// Region of every vertex, as a number among `body_regions()`.
    fn regions<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<u8>> {
        let regions: Vec<u8> = self.addresses().map(|address| address.region.id() as u8).collect();
        regions.into_pyarray(py)
    }

    /// How far left of the median plane every vertex of the upright body is, mm.
    fn left_of_midline_mm<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.left_of_midline_mm().to_pyarray(py)
    }

    /// Vertebral coordinate of every vertex (T1 is 8 to 9), NaN off neck and trunk.
    fn vertebral_levels<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        let coordinate = |address: Address| address.level.map_or(f64::NAN, Level::coordinate);
        self.addresses().map(coordinate).collect::<Vec<f64>>().into_pyarray(py)
    }

    /// Name, published mean and value of the figure's measures, mm.
    fn measures_mm(&self) -> Vec<(&'static str, f64, f64)> {
        compare(self.0.person(), self.0.figure())
            .into_iter()
            .map(|row| (row.measure, row.published_mm, row.model_mm))
            .collect()
    }
}

type AddressOfVertex = (String, &'static str, Option<&'static str>, Option<f64>, Option<String>);

impl Body {
    fn addresses(&self) -> impl Iterator<Item = Address> + '_ {
        (0..).map_while(|vertex| self.0.address(vertex))
    }
}

/// Where a point of a body's skin is: in words, region, side, distance from the midline (mm) and
/// vertebral level. Of the region's number among `body_regions()`, the distance left of the median
/// plane and the vertebral coordinate (NaN: none).
#[pyfunction]
pub fn body_address(
    region: usize,
    left_of_midline_mm: f64,
    vertebral_level: f64,
) -> PyResult<AddressOfVertex> {
    let region = Region::from_id(region)
        .ok_or_else(|| to_python(DoseError::Mismatch(format!("there is no region {region}"))))?;
    let level = (!vertebral_level.is_nan()).then(|| Level::new(vertebral_level));
    let address = Address::new(region, left_of_midline_mm, level);
    let side = address.side.map(|side| if side == Side::Left { "left" } else { "right" });
    Ok((
        address.to_string(),
        address.region.words(),
        side,
        address.from_midline_mm,
        address.level.map(|level| level.to_string()),
    ))
}

/// The regions of a body's surface, in the order of their numbers.
#[pyfunction]
pub fn body_regions() -> Vec<&'static str> {
    Region::all().map(Region::words).collect()
}
