//! The measures of a figure beside those published for the person.

use super::anthropometry::Measures;
use super::person::Person;
use super::shape::Figure;
use super::sites::{
    FOREARM, MID_UPPER_ARM, Sites, Station, WRIST, arm_girth_mm, head_section, neck_girth_mm,
};

/// One measure of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Name of the measure, as in the tables of [`Measures`].
    pub measure: &'static str,
    /// Published mean for such persons, mm.
    pub published_mm: f64,
    /// The figure's, mm.
    pub model_mm: f64,
}

impl Comparison {
    /// By how much the figure is larger, as a share of the published mean.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        self.model_mm / self.published_mm - 1.0
    }
}

/// Measure a figure in the A-pose and compare: thicknesses and breadths of the torso, all girths.
#[must_use]
pub fn compare(person: &Person, figure: &Figure) -> Vec<Comparison> {
    let published = Measures::of(person);
    let sites = Sites::of(figure);
    let at = |station| sites.section(figure, station);
    let [chest, abdomen, hip] = [Station::Chest, Station::Abdomen, Station::Hip].map(at);
    let girth = |station| at(station).girth_mm();
    let pairs = [
        ("chest_depth", published.chest_depth_mm, chest.depth_mm()),
        ("chest_breadth", published.chest_breadth_mm, chest.breadth_mm()),
        ("chest_girth", published.chest_girth_mm, chest.girth_mm()),
        ("natural_waist_girth", published.natural_waist_girth_mm, girth(Station::Waist)),
        ("abdomen_depth", published.abdomen_depth_mm, abdomen.depth_mm()),
        ("abdomen_breadth", published.abdomen_breadth_mm, abdomen.breadth_mm()),
        ("abdomen_girth", published.abdomen_girth_mm, abdomen.girth_mm()),
        ("hip_depth", published.hip_depth_mm, hip.depth_mm()),
        ("hip_breadth", published.hip_breadth_mm, hip.breadth_mm()),
        ("hip_girth", published.hip_girth_mm, hip.girth_mm()),
        ("thigh_girth", published.thigh_girth_mm, girth(Station::Thigh)),
        ("knee_girth", published.knee_girth_mm, girth(Station::Knee)),
        ("calf_girth", published.calf_girth_mm, girth(Station::Calf)),
        ("ankle_girth", published.ankle_girth_mm, girth(Station::Ankle)),
        ("upper_arm_girth", published.upper_arm_girth_mm, arm_girth_mm(figure, MID_UPPER_ARM)),
        ("forearm_girth", published.forearm_girth_mm, arm_girth_mm(figure, FOREARM)),
        ("wrist_girth", published.wrist_girth_mm, arm_girth_mm(figure, WRIST)),
        ("neck_girth", published.neck_girth_mm, neck_girth_mm(figure)),
        ("head_girth", published.head_girth_mm, head_section(figure).girth_mm()),
    ];
    let comparison =
        |(measure, published_mm, model_mm)| Comparison { measure, published_mm, model_mm };
    pairs.map(comparison).to_vec()
}
