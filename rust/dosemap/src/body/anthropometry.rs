//! The body measures that population surveys give for a person: the targets of the body's shape.
//!
//! Sources, levels of the body and evidence of every number: `data/anthropometry_adults.csv`,
//! `data/anthropometry_children.csv`, `docs/methods/body.md`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::curve::MonotoneCurve;
use super::person::{GROWN_YEARS, Person, Sex, masses_kg};
use crate::energy_table::{data_lines, number};
use crate::error::DoseError;

/// BMI above which a measure may have another exponent.
const KNOT_BMI: f64 = 35.0;
/// Ages of the columns of the children's table, years.
const CHILD_AGES_YEARS: [f64; 5] = [0.0, 1.0, 5.0, 10.0, 15.0];

pub(crate) const ADULTS: &str = include_str!("../../data/anthropometry_adults.csv");
pub(crate) const CHILDREN: &str = include_str!("../../data/anthropometry_children.csv");

/// Declare [`Measures`], and that each field `x_mm` comes from the rows `x` of the tables.
macro_rules! measures {
    ($($(#[$doc:meta])* $field:ident,)*) => {
        /// Outer measures of a body, mm. Girths are by tape, so convex.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Measures { $($(#[$doc])* pub $field: f64,)* }

        impl Measures {
            fn from_tables(value_mm: impl Fn(&'static str) -> f64) -> Self {
                Self { $($field: value_mm(stringify!($field).trim_end_matches("_mm")),)* }
            }

            /// Name (without the unit) and value of every measure, mm.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
                [$((stringify!($field).trim_end_matches("_mm"), self.$field),)*].into_iter()
            }
        }
    };
}

measures! {
    /// Girth of the head above the brows.
    head_girth_mm,
    /// Length of the head, brow to occiput.
    head_length_mm,
    /// Greatest breadth of the head.
    head_breadth_mm,
    /// Girth of the neck below the larynx.
    neck_girth_mm,
    /// Breadth over the deltoid muscles, arms at the sides.
    shoulder_breadth_mm,
    /// Distance of the acromia.
    biacromial_breadth_mm,
    /// Girth of the chest at the nipples (in women over the breasts), arms away.
    chest_girth_mm,
    /// Breadth of the chest at the nipples by calliper, pressed on the ribs: less than the outline.
    chest_breadth_mm,
    /// Depth of the chest at the nipples, standing.
    chest_depth_mm,
    /// Girth of the narrowest part between ribs and iliac crest.
    natural_waist_girth_mm,
    /// Girth at the top of the iliac crests, standing: the waist of NHANES.
    abdomen_girth_mm,
    /// Breadth at the top of the iliac crests that fits the girth and the supine depth.
    abdomen_breadth_mm,
    /// Depth at the top of the iliac crests, lying supine (sagittal abdominal diameter).
    abdomen_depth_mm,
    /// Greatest girth at the buttocks.
    hip_girth_mm,
    /// Greatest breadth of the hips, standing.
    hip_breadth_mm,
    /// Depth at the buttocks that fits girth and breadth.
    hip_depth_mm,
    /// Girth of the relaxed upper arm, half way down.
    upper_arm_girth_mm,
    /// Greatest girth of the forearm.
    forearm_girth_mm,
    /// Least girth of the wrist.
    wrist_girth_mm,
    /// Girth of the thigh below the gluteal fold.
    thigh_girth_mm,
    /// Girth of the knee at the patella.
    knee_girth_mm,
    /// Greatest girth of the calf.
    calf_girth_mm,
    /// Least girth above the ankle.
    ankle_girth_mm,
    /// Crown to seat; in infants to the rump.
    sitting_height_mm,
    /// Floor (heel) to crotch.
    crotch_height_mm,
}

impl Measures {
    /// The measures expected of a person.
    ///
    /// Each is that of the reference person of the same age, times powers of the ratios of height
    /// and of BMI to that person's; sex unknown is the mean of both.
    #[must_use]
    pub fn of(person: &Person) -> Self {
        Self::from_tables(|name| {
            let [female, male] =
                [Sex::Female, Sex::Male].map(|sex| SURVEYS[&(name, sex)].at(sex, person));
            person.sex().mean(female, male)
        })
    }
}

/// Mass at which a person of the same sex, age and height is expected to have an abdomen of this
/// depth when lying, kg; to 10 g.
///
/// # Errors
/// When the depth is that of no mass that a body of this height can have.
pub fn mass_of_abdomen_depth_kg(person: &Person, depth_mm: f64) -> Result<f64, DoseError> {
    let depth_at_mm = |mass_kg: f64| {
        Person::new(person.sex(), person.age_years(), person.height_mm(), mass_kg)
            .map(|person| Measures::of(&person).abdomen_depth_mm)
    };
    let (mut low, mut high) = masses_kg(person.height_mm());
    // In the unit and by the name that callers know, to a millimetre inwards.
    let limits = ((depth_at_mm(low)?).ceil() / 10.0, (depth_at_mm(high)?).floor() / 10.0);
    DoseError::check_range("thickness_ap_cm", depth_mm / 10.0, limits, "cm")?;
    // The depth grows with the mass.
    while high - low > 0.01 {
        let middle = 0.5 * (low + high);
        if depth_at_mm(middle)? < depth_mm {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(0.5 * (low + high))
}

/// How one measure depends on the person's height and BMI, at any age.
struct Law {
    height_exponent: f64,
    bmi_exponent: f64,
    bmi_exponent_obese: f64,
}

impl Law {
    /// Size of the measure, in units that are the same for all persons.
    fn at(&self, person: &Person) -> f64 {
        let bmi = person.bmi();
        person.height_mm().powf(self.height_exponent)
            * bmi.min(KNOT_BMI).powf(self.bmi_exponent)
            * (bmi / KNOT_BMI).max(1.0).powf(self.bmi_exponent_obese)
    }
}

/// One measure of one sex over age and size.
struct Survey {
    law: Law,
    /// What the law's units are, mm, over the height of the reference person of the age, mm: by
    /// it, rather than by age, because infants grow as much in a year as children in five.
    unit_mm: MonotoneCurve,
}

impl Survey {
    fn at(&self, sex: Sex, person: &Person) -> f64 {
        self.unit_mm.at(reference(sex, person.age_years()).height_mm()) * self.law.at(person)
    }
}

/// The reference person of an age that a [`Person`] has or a table names, which is in range.
fn reference(sex: Sex, age_years: f64) -> Person {
    Person::reference(sex, age_years).unwrap_or_else(|error| panic!("reference person: {error}"))
}

/// Rows of a table by measure and sex.
fn rows(table: &'static str) -> HashMap<(&'static str, Sex), Vec<&'static str>> {
    data_lines(table)
        .skip(1)
        .map(|line| {
            let cells: Vec<_> = line.split(',').collect();
            let sex = if cells[1] == "F" { Sex::Female } else { Sex::Male };
            ((cells[0], sex), cells[2..].to_vec())
        })
        .collect()
}

static SURVEYS: LazyLock<HashMap<(&'static str, Sex), Survey>> = LazyLock::new(|| {
    let children = rows(CHILDREN);
    let surveys = rows(ADULTS).into_iter().map(|((name, sex), adult)| {
        let law = Law {
            height_exponent: number(adult[1]),
            bmi_exponent: number(adult[2]),
            bmi_exponent_obese: number(adult[3]),
        };
        let young = CHILD_AGES_YEARS.iter().zip(&children[&(name, sex)]);
        let points = young.chain([(&GROWN_YEARS, &adult[0])]).map(|(&age_years, cell)| {
            let reference = reference(sex, age_years);
            (reference.height_mm(), number(cell) / law.at(&reference))
        });
        let unit_mm = MonotoneCurve::new(points.collect());
        ((name, sex), Survey { law, unit_mm })
    });
    surveys.collect()
});

#[cfg(test)]
mod tests;
