//! The kernel: a scene, its frames, and what they do to the skin.

use std::collections::HashMap;
use std::sync::Arc;

use dosemap::beam::FieldLimits;
use dosemap::ensemble::PosedFrame;
use dosemap::error::DoseError;
use dosemap::kernel::{self, BackscatterModel, Switches, blocks, hottest, peak, reference};
use dosemap::materials::{FilterLayer, Medium};
use dosemap::math::Vec3;
use dosemap::spaces::{PatientPosition, PositionerPose, TablePose, table_from_patient};
use dosemap::support::SupportLayer;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray2};
use pyo3::prelude::*;

use crate::error::to_python;
use crate::pose::PoseSettings;
use crate::spectrum::{Filters, Spectrum, layers};
use crate::surface::{Surface, points};

/// Dose-relevant constants of one spectrum behind one support.
#[pyclass(frozen, module = "dosemap._core")]
pub struct BeamQuality(pub(crate) kernel::BeamQuality);

#[pymethods]
impl BeamQuality {
    #[new]
    #[pyo3(signature = (
        spectrum, *, support, medium, backscatter_factor=None, mu_en_ratio=None,
        support_transmission=None,
    ))]
    fn new(
        spectrum: &Spectrum,
        support: Vec<Filters>,
        medium: &str,
        backscatter_factor: Option<f64>,
        mu_en_ratio: Option<f64>,
        support_transmission: Option<f64>,
    ) -> PyResult<Self> {
        let medium = Medium::from_name(medium).map_err(to_python)?;
        let support: Vec<Vec<FilterLayer>> =
            support.into_iter().map(layers).collect::<Result<_, _>>().map_err(to_python)?;
        let mut quality =
            kernel::BeamQuality::from_spectrum(&spectrum.0, &support, medium).map_err(to_python)?;
        if let Some(factor) = backscatter_factor {
            let factor = DoseError::check_range("backscatter factor", factor, (1.0, 3.0), "");
            quality.backscatter = BackscatterModel::Factor(factor.map_err(to_python)?);
        }
        if let Some(ratio) = mu_en_ratio {
            let ratio = DoseError::check_range("mu_en ratio", ratio, (0.1, 10.0), "");
            quality.primary_mu_en_ratio = ratio.map_err(to_python)?;
            quality.scatter_mu_en_ratio = quality.primary_mu_en_ratio;
        }
        if let Some(transmission) = support_transmission {
            quality = quality.with_support_transmission(transmission).map_err(to_python)?;
        }
        Ok(Self(quality))
    }

    #[getter]
    fn primary_mu_en_ratio(&self) -> f64 {
        self.0.primary_mu_en_ratio
    }

    #[getter]
    fn scatter_mu_en_ratio(&self) -> f64 {
        self.0.scatter_mu_en_ratio
    }

    /// Transmission at normal incidence through all layers.
    #[getter]
    fn support_transmission(&self) -> f64 {
        self.0.support.as_ref().map_or(1.0, |support| support.at(vec![1.0; support.layers()]))
    }
}

/// One frame as Python describes it: a mapping with the keys of a pose and these, all required.
struct FrameSettings {
    pose: PoseSettings,
    exposure: ExposureSettings,
}

#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct ExposureSettings {
    field_at_1m_mm: [f64; 4],
    air_kerma_gy: f64,
    reference_distance_mm: f64,
    forward_scatter_ratio: f64,
    quality: usize,
}

impl<'py> FromPyObject<'_, 'py> for FrameSettings {
    type Error = PyErr;

    fn extract(frame: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self { pose: frame.extract()?, exposure: frame.extract()? })
    }
}

impl FrameSettings {
    fn frame(&self, scene: &kernel::Scene) -> Result<PosedFrame, DoseError> {
        let Self { pose, exposure } = self;
        let field = FieldLimits::at_distance(exposure.field_at_1m_mm, 1000.0)?;
        let (positioner, table) = (pose.positioner(), pose.table());
        let frame = kernel::Frame {
            beam: scene.beam(&positioner, &table, field)?,
            air_kerma_gy: exposure.air_kerma_gy,
            reference_distance_mm: exposure.reference_distance_mm,
            forward_scatter_ratio: exposure.forward_scatter_ratio,
            quality: exposure.quality,
        };
        Ok(PosedFrame { frame, positioner, table })
    }
}

/// Frames placed in a scene, and the poses that they were placed from.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Frames(pub(crate) Vec<kernel::Frame>, Vec<(PositionerPose, TablePose)>);

impl Frames {
    fn new(posed: Vec<PosedFrame>) -> Self {
        let (frames, poses) = posed.into_iter().map(|p| (p.frame, (p.positioner, p.table))).unzip();
        Self(frames, poses)
    }

    pub(crate) fn posed(&self) -> Vec<PosedFrame> {
        let posed = self.0.iter().zip(&self.1);
        posed
            .map(|(&frame, &(positioner, table))| PosedFrame { frame, positioner, table })
            .collect()
    }
}

#[pymethods]
impl Frames {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Focal spot of every frame in patient space, mm.
    #[getter]
    fn source_in_patient_mm(&self) -> Vec<[f64; 3]> {
        self.0.iter().map(|frame| frame.beam.source_mm.to_array()).collect()
    }

    /// Direction of every central ray in patient space.
    #[getter]
    fn central_ray_in_patient(&self) -> Vec<[f64; 3]> {
        self.0.iter().map(|frame| frame.beam.w.to_array()).collect()
    }

    /// Unit vectors along detector rows and detector columns of every frame in patient space.
    #[getter]
    fn detector_axes_in_patient(&self) -> Vec<[[f64; 3]; 2]> {
        self.0.iter().map(|frame| [frame.beam.u.to_array(), frame.beam.v.to_array()]).collect()
    }

    /// Edges of every field at unit distance: along rows from and to, along columns from and to.
    #[getter]
    fn field_at_unit_distance(&self) -> Vec<[f64; 4]> {
        let field = |frame: &kernel::Frame| frame.beam.field;
        self.0.iter().map(field).map(|f| [f.u_min, f.u_max, f.v_min, f.v_max]).collect()
    }

    /// Some of the frames, by their numbers.
    fn subset(&self, numbers: Vec<usize>) -> PyResult<Self> {
        let frames = numbers.iter().map(|&number| nth(&self.0, number).copied());
        let poses = numbers.iter().filter_map(|&number| self.1.get(number).copied());
        Ok(Self(frames.collect::<PyResult<_>>()?, poses.collect()))
    }

    /// Points (patient space, mm) as one frame's beam sees them.
    fn locate<'py>(
        &self,
        py: Python<'py>,
        frame: usize,
        points_mm: PyReadonlyArray2<'_, f64>,
    ) -> PyResult<HashMap<&'static str, Bound<'py, PyArray1<f64>>>> {
        let points = points(&points_mm, "points_mm")?;
        let beam = &nth(&self.0, frame)?.beam;
        let located: Vec<_> = points.iter().map(|&point| beam.locate(point)).collect();
        let column = |of: &dyn Fn(&dosemap::beam::PointInBeam) -> f64| {
            located.iter().map(of).collect::<Vec<f64>>().into_pyarray(py)
        };
        Ok(HashMap::from([
            ("u_mm", column(&|p| p.u_mm)),
            ("v_mm", column(&|p| p.v_mm)),
            ("depth_mm", column(&|p| p.depth_mm)),
            ("distance_mm", column(&|p| p.distance_mm)),
            ("edge_distance_mm", column(&|p| beam.edge_distance_mm(p))),
        ]))
    }
}

fn nth(frames: &[kernel::Frame], index: usize) -> PyResult<&kernel::Frame> {
    frames.get(index).ok_or_else(|| {
        let message = format!("frame {index} of {}", frames.len());
        to_python(DoseError::Mismatch(message))
    })
}

/// What a set of frames does to a surface.
#[pyclass(frozen, module = "dosemap._core")]
pub struct DoseMap(pub(crate) blocks::DoseMap);

#[pymethods]
impl DoseMap {
    #[getter]
    fn dose_gy<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.dose_gy.clone().into_pyarray(py)
    }

    /// The sum of this map and that of further frames on the same surface.
    fn plus(&self, other: &DoseMap) -> PyResult<Self> {
        let mut sum = self.0.clone();
        sum.add(&other.0).map_err(to_python)?;
        Ok(Self(sum))
    }

    #[getter]
    fn share_on_skin<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<f64>> {
        self.0.share_on_skin.clone().into_pyarray(py)
    }
}

/// The point of the skin with the highest dose.
#[pyclass(frozen, get_all, module = "dosemap._core")]
pub struct Peak {
    vertex: usize,
    point_mm: [f64; 3],
    dose_gy: f64,
    frame_dose_gy: Vec<f64>,
}

/// A surface lying on a support; see `dosemap.engine`.
#[pyclass(frozen, module = "dosemap._core")]
pub struct Scene(pub(crate) Arc<kernel::Scene>);

#[pymethods]
impl Scene {
    #[new]
    #[pyo3(signature = (
        surface, *, patient_position, patient_origin_in_table_mm, support_boxes_mm,
        inverse_square=true, occlusion=true,
    ))]
    fn new(
        py: Python<'_>,
        surface: &Surface,
        patient_position: &str,
        patient_origin_in_table_mm: [f64; 3],
        support_boxes_mm: Vec<([f64; 3], [f64; 3])>,
        inverse_square: bool,
        occlusion: bool,
    ) -> PyResult<Self> {
        let position = PatientPosition::from_term(patient_position).map_err(to_python)?;
        let lying = table_from_patient(position, Vec3::from(patient_origin_in_table_mm));
        let layers = support_boxes_mm
            .into_iter()
            .map(|(low, high)| SupportLayer::new(Vec3::from(low), Vec3::from(high)))
            .collect::<Result<_, _>>()
            .map_err(to_python)?;
        let switches = Switches { inverse_square, occlusion };
        let surface = surface.0.clone();
        Ok(Self(Arc::new(py.detach(|| kernel::Scene::new(surface, lying, layers, switches)))))
    }

    /// Place frames given as mappings of the fields of a frame.
    fn frames(&self, settings: Vec<FrameSettings>) -> PyResult<Frames> {
        let frames: Result<_, _> = settings.iter().map(|frame| frame.frame(&self.0)).collect();
        frames.map(Frames::new).map_err(to_python)
    }

    /// Distance from the focal spot to where the central ray enters the skin, mm.
    fn central_ray_entrance_mm(&self, pose: PoseSettings) -> PyResult<Option<f64>> {
        self.0.central_ray_entrance_mm(&pose.positioner(), &pose.table()).map_err(to_python)
    }

    /// Points of table space, mm, in patient space.
    fn in_patient_mm(&self, points_in_table_mm: Vec<[f64; 3]>) -> Vec<[f64; 3]> {
        let patient_from_table = self.0.table_from_patient().inverse();
        let moved = |point| patient_from_table.point(Vec3::from(point)).to_array();
        points_in_table_mm.into_iter().map(moved).collect()
    }

    /// Dose of every vertex from all frames, by the fast kernel.
    fn dose_map(
        &self,
        py: Python<'_>,
        frames: &Frames,
        qualities: Vec<Py<BeamQuality>>,
    ) -> PyResult<DoseMap> {
        let qualities = unwrap_all(&qualities);
        let map = py.detach(|| blocks::dose_map(&self.0, &frames.0, &qualities));
        map.map(DoseMap).map_err(to_python)
    }

    /// The same, point by point as the book has it: the oracle of the fast kernel.
    fn reference_dose_gy<'py>(
        &self,
        py: Python<'py>,
        frames: &Frames,
        qualities: Vec<Py<BeamQuality>>,
    ) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let qualities = unwrap_all(&qualities);
        let dose = py.detach(|| reference::dose_map(&self.0, &frames.0, &qualities));
        dose.map(|dose| dose.into_pyarray(py)).map_err(to_python)
    }

    /// The peak of a map of the same frames and qualities, and of further scenes with their
    /// frames that were added to it; `None` when nothing was irradiated.
    #[pyo3(signature = (frames, qualities, map, *, also=vec![]))]
    fn peak(
        &self,
        py: Python<'_>,
        frames: &Frames,
        qualities: Vec<Py<BeamQuality>>,
        map: &DoseMap,
        also: Vec<(Py<Scene>, Py<Frames>)>,
    ) -> Option<Peak> {
        let qualities = unwrap_all(&qualities);
        let parts = self.parts(frames, &also);
        let peak = py.detach(|| peak::find(&parts, &qualities, &map.0))?;
        Some(Peak {
            vertex: peak.vertex,
            point_mm: peak.point_mm.to_array(),
            dose_gy: peak.dose_gy,
            frame_dose_gy: peak.frame_dose_gy,
        })
    }

    /// Highest mean dose over a disc of skin around any point near some vertices, finely sampled.
    #[pyo3(signature = (frames, qualities, *, near, area_mm2, also=vec![]))]
    fn hottest_mean(
        &self,
        py: Python<'_>,
        frames: &Frames,
        qualities: Vec<Py<BeamQuality>>,
        near: Vec<usize>,
        area_mm2: f64,
        also: Vec<(Py<Scene>, Py<Frames>)>,
    ) -> PyResult<f64> {
        let count = self.0.surface().len();
        if let Some(vertex) = near.iter().find(|&&vertex| vertex >= count) {
            let message = format!("vertex {vertex} of {count}");
            return Err(to_python(DoseError::Mismatch(message)));
        }
        let qualities = unwrap_all(&qualities);
        let parts = self.parts(frames, &also);
        let mean = py.detach(|| hottest::sampled_mean_dose(&parts, &qualities, &near, area_mm2));
        mean.map_err(to_python)
    }

    /// Every factor of one frame at every vertex; NaN where the skin faces away.
    fn vertex_factors<'py>(
        &self,
        py: Python<'py>,
        frames: &Frames,
        frame: usize,
        quality: &BeamQuality,
    ) -> PyResult<HashMap<&'static str, Bound<'py, PyArray1<f64>>>> {
        let frame = nth(&frames.0, frame)?;
        let factors = py
            .detach(|| reference::vertex_factors(&self.0, frame, &quality.0))
            .map_err(to_python)?;
        let column = |of: &dyn Fn(&reference::PointFactors) -> f64| {
            let values: Vec<f64> =
                factors.iter().map(|point| point.as_ref().map_or(f64::NAN, of)).collect();
            values.into_pyarray(py)
        };
        Ok(HashMap::from([
            ("inverse_square", column(&|p| p.inverse_square)),
            ("coverage", column(&|p| p.coverage)),
            ("backscatter_excess", column(&|p| p.backscatter_excess)),
            ("support_transmission", column(&|p| p.support_transmission)),
            ("forward_scatter_ratio", column(&|p| p.forward_scatter_ratio)),
            ("cos_incidence", column(&|p| p.cos_incidence)),
            ("source_to_skin", column(&|p| p.source_to_skin_mm)),
            ("incident_air_kerma", column(&|p| p.incident_air_kerma_gy)),
            ("skin_dose", column(&|p| p.dose_gy)),
        ]))
    }
}

impl Scene {
    /// This scene with its frames, and further ones.
    fn parts<'a>(
        &'a self,
        frames: &'a Frames,
        also: &'a [(Py<Scene>, Py<Frames>)],
    ) -> Vec<peak::Part<'a>> {
        let others = also.iter().map(|(scene, frames)| (&*scene.get().0, &frames.get().0));
        std::iter::once((&*self.0, &frames.0))
            .chain(others)
            .map(|(scene, frames)| peak::Part { scene, frames })
            .collect()
    }
}

pub(crate) fn unwrap_all(qualities: &[Py<BeamQuality>]) -> Vec<kernel::BeamQuality> {
    qualities.iter().map(|quality| quality.get().0.clone()).collect()
}
