//! From a person, and the measures published for such persons, to a figure that has them.

use super::anthropometry::Measures;
use super::measure::Section;
use super::person::{MASS_KG, Person, masses_kg};
use super::shape::{Builds, Figure};
use super::sites::{
    FOREARM, MID_UPPER_ARM, Station, WRIST, arm_girth_mm, head_section, neck_girth_mm,
};
use super::skeleton::{Joint, Side};
use super::widths::{Widening, Widths};
use crate::error::DoseError;

/// Density that turns mass into volume, kg/mm³.
const DENSITY_KG_MM3: f64 = 1.0e-6;
/// Steps of the iteration at most.
const STEPS: usize = 30;
/// Relative error of the volume, and change of the widths, at which the iteration ends: small
/// against the tolerances of 3 % and 5 %.
const ENOUGH: f64 = 1e-3;
/// Logarithm of the factor on widths up to which the parts of the body take unequal shares.
const FIRST_SURPLUS: f64 = 0.05;
/// Smallest and largest factor on a transverse size.
const FACTORS: (f64, f64) = (0.45, 2.6);
/// Smallest and largest share by which corners of a section go out.
const CORNERS: (f64, f64) = (-0.1, 0.2);
/// Share of the way that corners go in a step; less than all, because breadth and depth move too.
const CORNER_PACE: f64 = 0.6;
/// Distance of the shoulder joints over that of the acromia, which lie outside them.
const SHOULDERS_PER_BIACROMIAL: f64 = 0.92;

/// By how much the arms are raised where arm times chest breadth is e times the template's.
const ARM_RAISE_DEG: f64 = 35.0;
/// The arms are level then.
const LARGEST_ARM_RAISE_DEG: f64 = 40.0;
/// Body-mass index within which the published measures are asked for: that of their data. Beyond,
/// the figure of the limit is widened to the mass.
const SURVEYED_BMI: (f64, f64) = (12.0, 60.0);

/// The figure of a person: of the person's stature, its volume that of the mass at 1.0 g/cm³, its
/// measures as near to the published ones as the mass allows.
///
/// # Errors
/// A mass that the height does not allow: body-mass index outside [`BMI`], or Rohrer's index above
/// those of [`masses_kg`].
pub fn fit(person: &Person) -> Result<Figure, DoseError> {
    check_build(person)?;
    let volume_mm3 = person.mass_kg() / DENSITY_KG_MM3;
    let builds = Builds::of(person.sex(), person.age_years(), person.height_mm());
    let widening = Widening::of(builds.at(builds.of_volume(volume_mm3)));
    let targets = Targets::of(&Measures::of(&surveyed(person)?));
    let mut widths = Widths::NATURAL;
    let mut figure = widening.apply(&widths);
    let mut surplus = 0.0;
    for _ in 0..STEPS {
        let before = widths.clone();
        targets.approach(&figure, &widening, surplus, &mut widths);
        figure = widening.apply(&widths);
        let missing = (volume_mm3 / figure.volume_mm3()).ln() - given_way(surplus);
        if missing.abs() < ENOUGH && widths.largest_change(&before) < ENOUGH {
            break;
        }
        // Sections go with the square of a width.
        surplus += missing / 2.0;
    }
    Ok(figure)
}

/// Logarithm of the factor by which the volume gives way to the published measures, where they
/// disagree: at most 1 %, a sixth of a per cent for the reference adults.
fn given_way(surplus: f64) -> f64 {
    let part = (surplus / FIRST_SURPLUS).clamp(-1.0, 1.0);
    0.01 * part * part.abs()
}

/// Refuse a mass that the height does not allow; the error names the masses that it allows.
fn check_build(person: &Person) -> Result<(), DoseError> {
    let allowed = masses_kg(person.height_mm());
    DoseError::check_range("mass at this height", person.mass_kg(), allowed, "kg")?;
    Ok(())
}

/// The person whose measures are asked for.
fn surveyed(person: &Person) -> Result<Person, DoseError> {
    let bmi = person.bmi().clamp(SURVEYED_BMI.0, SURVEYED_BMI.1);
    let mass_kg = person.mass_kg() / person.bmi() * bmi;
    Person::new(
        person.sex(),
        person.age_years(),
        person.height_mm(),
        mass_kg.clamp(MASS_KG.0, MASS_KG.1),
    )
}

/// What a station of torso or legs is to measure, mm.
#[derive(Debug, Clone, Copy)]
struct Target {
    station: Station,
    size_mm: Size,
    girth_mm: f64,
}

/// What is known of a section besides its girth, mm.
#[derive(Debug, Clone, Copy)]
enum Size {
    /// Nothing: it keeps its shape.
    Unknown,
    /// The depth.
    Depth(f64),
    /// Breadth and depth.
    Both([f64; 2]),
}

/// What the figure is to measure, mm.
#[derive(Debug)]
struct Targets {
    column: [Target; 8],
    upper_arm_mm: f64,
    forearm_mm: f64,
    wrist_mm: f64,
    neck_mm: f64,
    head_mm: f64,
    /// Distance of the shoulder joints.
    shoulders_mm: f64,
}

impl Targets {
    fn of(m: &Measures) -> Self {
        let girth = |station, girth_mm| Target { station, size_mm: Size::Unknown, girth_mm };
        let all = |station, breadth_mm, depth_mm, girth_mm| Target {
            station,
            size_mm: Size::Both([breadth_mm, depth_mm]),
            girth_mm,
        };
        // Assumed: the belly of a lying person is as thick at the waist as at the iliac crests,
        // where it was measured; the standing template's bulges above them.
        let waist = Target {
            station: Station::Waist,
            size_mm: Size::Depth(m.abdomen_depth_mm),
            girth_mm: m.natural_waist_girth_mm,
        };
        Self {
            column: [
                girth(Station::Ankle, m.ankle_girth_mm),
                girth(Station::Calf, m.calf_girth_mm),
                girth(Station::Knee, m.knee_girth_mm),
                girth(Station::Thigh, m.thigh_girth_mm),
                all(Station::Hip, m.hip_breadth_mm, m.hip_depth_mm, m.hip_girth_mm),
                all(Station::Abdomen, m.abdomen_breadth_mm, m.abdomen_depth_mm, m.abdomen_girth_mm),
                waist,
                all(Station::Chest, m.chest_breadth_mm, m.chest_depth_mm, m.chest_girth_mm),
            ],
            upper_arm_mm: m.upper_arm_girth_mm,
            forearm_mm: m.forearm_girth_mm,
            wrist_mm: m.wrist_girth_mm,
            neck_mm: m.neck_girth_mm,
            head_mm: m.head_girth_mm,
            shoulders_mm: m.biacromial_breadth_mm * SHOULDERS_PER_BIACROMIAL,
        }
    }

    /// Move the widths so that the measures of the figure come to the targets times the factor by
    /// which [`Share`] gives them part of the surplus.
    fn approach(&self, figure: &Figure, widening: &Widening, surplus: f64, widths: &mut Widths) {
        for target in &self.column {
            let share = if target.station.is_of_leg() { Share::Limb } else { Share::Torso };
            let section = widening.sites.section(figure, target.station);
            target.approach(&section, share.of(surplus), widths);
        }
        for (place, target_mm) in
            [(MID_UPPER_ARM, self.upper_arm_mm), (FOREARM, self.forearm_mm), (WRIST, self.wrist_mm)]
        {
            let aim_mm = target_mm * Share::Limb.of(surplus).exp();
            multiply(&mut widths.arm[place], aim_mm / arm_girth_mm(figure, place));
        }
        let neck_mm = self.neck_mm * Share::Neck.of(surplus).exp();
        multiply(&mut widths.neck, neck_mm / neck_girth_mm(figure));
        let head_mm = self.head_mm * Share::Head.of(surplus).exp();
        multiply(&mut widths.head, head_mm / head_section(figure).girth_mm());
        let shoulder = widening.figure.joint_mm(Joint::Shoulder(Side::Left));
        self.follow(2.0 * shoulder.x, surplus, widths);
    }

    /// Set the widths where no girth is known from their neighbours: between two, their mean; at
    /// ends and bony places (soles, finger tips, shoulders) a power below 1, because fat is thin there.
    fn follow(&self, natural_shoulders_mm: f64, surplus: f64, widths: &mut Widths) {
        let more = Share::Unmeasured.of(surplus).exp();
        let column = &mut widths.column;
        let mut between = |station: Station, below: Station, above: Station| {
            let [below, above] = [column[below as usize], column[above as usize]];
            column[station as usize] = [0, 1].map(|axis| (below[axis] * above[axis]).sqrt() * more);
        };
        let [abdomen, chest] =
            [Station::Abdomen, Station::Chest].map(|station| widths.corners[station as usize]);
        widths.corners[Station::Waist as usize] = (2.0 * abdomen + chest) / 3.0;
        widths.corners[Station::LowerRibs as usize] = (abdomen + 2.0 * chest) / 3.0;
        between(Station::LowerThigh, Station::Knee, Station::Thigh);
        between(Station::LowerRibs, Station::Waist, Station::Chest);
        let [ankle, chest] =
            [Station::Ankle, Station::Chest].map(|station| column[station as usize]);
        column[Station::Sole as usize] = ankle.map(|factor| factor.powf(0.5) * more);
        let arm = &mut widths.arm;
        // Where arms and chest are thicker than the template's heaviest, they need more room.
        let crowding = (arm[MID_UPPER_ARM] * chest[0]).max(1.0);
        let breadth = self.shoulders_mm / natural_shoulders_mm * crowding.powf(0.35);
        let shoulder = [breadth, chest[1].powf(0.6) * more];
        column[Station::Shoulder as usize] = shoulder;
        let neck = widths.neck;
        column[Station::NeckBase as usize] = shoulder.map(|factor| (factor * neck).sqrt());
        arm[0] = arm[MID_UPPER_ARM].powf(0.4) * more;
        arm[2] = (arm[MID_UPPER_ARM] * arm[FOREARM]).sqrt() * more;
        arm[5] = arm[WRIST].powf(0.5) * more;
        widths.arm_raise_deg = (ARM_RAISE_DEG * crowding.ln()).min(LARGEST_ARM_RAISE_DEG);
    }
}

/// Change a width by a factor, within what leaves the surface sound.
fn multiply(width: &mut f64, factor: f64) {
    *width = (*width * factor).clamp(FACTORS.0, FACTORS.1);
}

/// Who takes how much of the mass that the published measures leave over.
#[derive(Debug, Clone, Copy)]
enum Share {
    Unmeasured,
    Limb,
    Neck,
    Torso,
    Head,
}

impl Share {
    /// Logarithm of the factor on widths for a surplus. What no survey measures bulges a little
    /// between its neighbours; the shares of the others make their deviations alike, for neck and
    /// head react late. What goes beyond [`FIRST_SURPLUS`] falls on limbs and torso: the neck and above
    /// all the head of a very heavy person grow less.
    fn of(self, surplus: f64) -> f64 {
        let first = surplus.clamp(-FIRST_SURPLUS, FIRST_SURPLUS);
        let beyond = surplus - first;
        match self {
            Self::Unmeasured => 1.1 * first,
            Self::Limb => 0.9 * first + beyond,
            Self::Neck => 0.85 * first + 0.4 * beyond,
            Self::Torso => 0.9 * first + beyond,
            Self::Head => 0.95 * first + 0.2 * beyond,
        }
    }
}

impl Target {
    /// Bring breadth, depth and girth of a section to the target times e^excess: the girth by the
    /// corners where breadth and depth are known, else by breadth and depth alike.
    fn approach(&self, section: &Section, excess: f64, widths: &mut Widths) {
        let error = |target_mm: f64, size_mm: f64| (target_mm / size_mm).ln() + excess;
        let girth = error(self.girth_mm, section.girth_mm());
        let column = &mut widths.column[self.station as usize];
        // A girth follows breadth and depth about evenly, and the corners by half their way.
        let errors = match self.size_mm {
            Size::Unknown => [girth; 2],
            Size::Depth(depth_mm) => {
                let depth = error(depth_mm, section.depth_mm());
                [2.0 * girth - depth, depth]
            }
            Size::Both([breadth_mm, depth_mm]) => {
                [error(breadth_mm, section.breadth_mm()), error(depth_mm, section.depth_mm())]
            }
        };
        column.iter_mut().zip(errors).for_each(|(width, error)| multiply(width, error.exp()));
        let left_over = girth - (errors[0] + errors[1]) / 2.0;
        let corners = &mut widths.corners[self.station as usize];
        *corners = (*corners + 2.0 * CORNER_PACE * left_over).clamp(CORNERS.0, CORNERS.1);
    }
}

#[cfg(test)]
mod tests;
