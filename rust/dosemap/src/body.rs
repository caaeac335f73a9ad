//! The parametric body: a template of fixed topology, shaped to a person, posed and laid down.
//!
//! Vertex i is the same anatomical place in every person and pose: the topology depends on the
//! spacing asked for alone.

pub mod address;
pub mod anthropometry;
pub mod comparison;
mod curve;
pub mod fit;
pub mod intersect;
pub mod measure;
mod parts;
pub mod person;
mod ply;
pub mod pose;
pub mod refine;
mod settle;
pub mod shape;
mod sites;
pub mod skeleton;
pub mod template;
mod widths;

use crate::error::DoseError;
use crate::rest::RestingParts;
use crate::spaces::{Against, PatientPosition};
use crate::surface::TriangleSurface;
use address::{Address, Level, Region};
use person::Person;
use pose::{Arms, Pose, posed_mm, skin_of};
use refine::Refinement;
use shape::Figure;
use skeleton::{Bone, Side};
use template::template;

/// Distance between the vertices of the template on a reference adult, mm.
pub const TEMPLATE_SPACING_MM: f64 = 15.0;

/// Distances between vertices that can be asked for, mm.
pub const SPACING_MM: (f64, f64) = (3.0, TEMPLATE_SPACING_MM);

/// A person's body, ready to be posed.
#[derive(Debug, Clone)]
pub struct Body {
    person: Person,
    figure: Figure,
    refinement: Refinement,
    /// Of the fine vertices of the upright figure: +x, for addresses.
    left_of_midline_mm: Vec<f64>,
}

impl Body {
    /// The body of a person with vertices at most `spacing_mm` apart on a reference adult.
    ///
    /// # Errors
    /// A spacing outside [`SPACING_MM`], or a mass that the height does not allow ([`fit::fit`]).
    pub fn new(person: Person, spacing_mm: f64) -> Result<Self, DoseError> {
        DoseError::check_range("spacing_mm", spacing_mm, SPACING_MM, "mm")?;
        let parts = (TEMPLATE_SPACING_MM / spacing_mm).ceil() as u32;
        let figure = fit::fit(&person)?;
        let template = template();
        let refinement = Refinement::new(figure.vertices_mm.len(), &template.triangles, parts)?;
        let upright_mm = refinement.positions_mm(&figure.vertices_mm);
        let left_of_midline_mm = upright_mm.iter().map(|v| v.x).collect();
        Ok(Self { person, figure, refinement, left_of_midline_mm })
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// The figure before posing: arms and legs apart, on the vertices of the template.
    #[must_use]
    pub const fn figure(&self) -> &Figure {
        &self.figure
    }

    /// The skin with arms and head as asked for, resting in a position; patient space.
    ///
    /// # Errors
    /// When the head is turned farther than heads are, or the arms cannot be so in the position.
    pub fn posed(
        &self,
        arms: Arms,
        head_turned_deg: f64,
        position: PatientPosition,
    ) -> Result<TriangleSurface, DoseError> {
        let (stance, against) = (position.stance(), position.against_table());
        let pose = Pose { arms, head_turned_deg, stance, against };
        let settled = settle::settled(&self.figure, position);
        let base_mm = posed_mm(&settled.vertices_mm, &settled.joints_mm, &pose)?;
        let vertices_mm = self.refinement.positions_mm(&base_mm);
        TriangleSurface::new(vertices_mm, self.refinement.triangles.clone())
    }

    /// The vertices that tell how the body rests: the trunk is centred, and touches the table with
    /// back or front; on a side the shoulder does, which moves with the arm. Head and feet mark
    /// the ends.
    #[must_use]
    pub fn resting_parts(&self, position: PatientPosition) -> RestingParts {
        let skin = |bones: &[Bone]| Some(skin_of(bones, &self.refinement.parents));
        let on_side = matches!(position.against_table(), Against::LeftSide | Against::RightSide);
        RestingParts {
            contact: if on_side { None } else { skin(&[Bone::Trunk]) },
            centred: skin(&[Bone::Trunk]),
            head_end: skin(&[Bone::Head]),
            feet_end: skin(&[Bone::Foot(Side::Left), Bone::Foot(Side::Right)]),
        }
    }

    /// How far left of the median plane each vertex of the upright body is, mm.
    #[must_use]
    pub fn left_of_midline_mm(&self) -> &[f64] {
        &self.left_of_midline_mm
    }

    /// Where a vertex is, by anatomy; `None` when there is no such vertex.
    #[must_use]
    pub fn address(&self, vertex: usize) -> Option<Address> {
        let parents = self.refinement.parents.get(vertex)?;
        let (base, shares) = (parents.base.map(|i| i as usize), parents.weights);
        let template = template();
        let region = Region::of_nearest(base.map(|i| template.region[i]), shares);
        let level = Level::of_mean(base.map(|i| template.level[i]), shares);
        Some(Address::new(region, self.left_of_midline_mm[vertex], level))
    }
}
