//! A person by sex, age, height and mass, and the reference persons that fill what is missing.

use std::sync::LazyLock;

use super::curve::MonotoneCurve;
use crate::energy_table::{data_lines, number};
use crate::error::DoseError;

/// Ages for which a body can be made, years.
pub const AGE_YEARS: (f64, f64) = (0.0, 120.0);
/// Heights for which a body can be made, mm.
pub const HEIGHT_MM: (f64, f64) = (450.0, 2100.0);
/// Masses for which a body can be made, kg.
pub const MASS_KG: (f64, f64) = (2.0, 250.0);

/// Body-mass index for which a body can be made, kg/m²: below the lowest that adults survive (about
/// 9) and above what a table carries.
pub const BMI: (f64, f64) = (8.0, 100.0);
/// Mass over the cube of height (Rohrer's index) up to which a body can be made, kg/m³. A reference
/// newborn has 26, an adult of 250 kg and 1.61 m 60; beyond, a small body would be a ball.
pub const ROHRER_INDEX_MAX: f64 = 60.0;

/// Age of an adult of whom no age is known, years: the middle of ICRP's reference adult, 20 to 50.
const ADULT_YEARS: f64 = 35.0;
/// Someone of unknown age is an adult from this height, mm, or without it from this mass, kg: few
/// adults are smaller, and most patients are adults.
const ADULT_FROM: (f64, f64) = (1450.0, 40.0);
/// Age from which the adult's height and measures hold, years.
pub(super) const GROWN_YEARS: f64 = 20.0;
/// Two standard deviations of height among people of one age and sex, as a share of it (CDC 2000).
const HEIGHT_SPREAD: f64 = 0.08;

pub(crate) const REFERENCE_PERSONS: &str = include_str!("../../data/reference_persons.csv");

/// Sex, as far as the shape of the body depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Not known or another one: the mean of both.
    Unknown,
}

impl Sex {
    /// Share of the male body in the mean of a female and a male one.
    #[must_use]
    pub fn male_share(self) -> f64 {
        match self {
            Self::Female => 0.0,
            Self::Male => 1.0,
            Self::Unknown => 0.5,
        }
    }

    /// The mean of a quantity of a female and a male that this sex stands for.
    #[must_use]
    pub fn mean(self, female: f64, male: f64) -> f64 {
        female + self.male_share() * (male - female)
    }
}

/// A person within the ranges for which a body can be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    sex: Sex,
    age_years: f64,
    height_mm: f64,
    mass_kg: f64,
}

impl Person {
    /// A person of whom all is known.
    ///
    /// # Errors
    /// What lies outside [`AGE_YEARS`], [`HEIGHT_MM`] or [`MASS_KG`], with the allowed range.
    pub fn new(sex: Sex, age_years: f64, height_mm: f64, mass_kg: f64) -> Result<Self, DoseError> {
        Ok(Self {
            sex,
            age_years: DoseError::check_range("age", age_years, AGE_YEARS, "years")?,
            height_mm: DoseError::check_range("height", height_mm, HEIGHT_MM, "mm")?,
            mass_kg: DoseError::check_range("mass", mass_kg, MASS_KG, "kg")?,
        })
    }

    /// The reference person of a sex and age: ICRP Publication 89 at 0, 1, 5, 10, 15 years and for
    /// adults, growth charts between (`data/reference_persons.csv`).
    ///
    /// # Errors
    /// An age outside [`AGE_YEARS`].
    pub fn reference(sex: Sex, age_years: f64) -> Result<Self, DoseError> {
        let [female, male] = [&GROWTH[0], &GROWTH[1]];
        let height_mm = sex.mean(female.height_mm.at(age_years), male.height_mm.at(age_years));
        let mass_kg = sex.mean(female.mass_kg.at(age_years), male.mass_kg.at(age_years));
        Self::new(sex, age_years, height_mm, mass_kg)
    }

    /// A person of whom something may be missing, filled in from the reference persons.
    ///
    /// Age: that of the reference child of this height (else mass), or an adult's. Mass: reference
    /// BMI of the age. Height: reference height of the age, in childhood moved by two standard
    /// deviations at most towards the height at which the mass has the reference BMI; fat adults
    /// are not taller than others.
    ///
    /// # Errors
    /// What is given and lies outside [`AGE_YEARS`], [`HEIGHT_MM`] or [`MASS_KG`].
    pub fn completed(
        sex: Sex,
        age_years: Option<f64>,
        height_mm: Option<f64>,
        mass_kg: Option<f64>,
    ) -> Result<Self, DoseError> {
        let age_years = match (age_years, height_mm, mass_kg) {
            (Some(age_years), ..) => age_years,
            (None, Some(height_mm), _) if height_mm < ADULT_FROM.0 => {
                age_when(sex, |person| person.height_mm >= height_mm)
            }
            (None, None, Some(mass_kg)) if mass_kg < ADULT_FROM.1 => {
                age_when(sex, |person| person.mass_kg >= mass_kg)
            }
            _ => ADULT_YEARS,
        };
        let reference = Self::reference(sex, age_years)?;
        let height_mm = height_mm.unwrap_or_else(|| match mass_kg {
            Some(mass_kg) if age_years < GROWN_YEARS => {
                let fitting = (mass_kg / reference.mass_kg).sqrt();
                reference.height_mm * fitting.clamp(1.0 - HEIGHT_SPREAD, 1.0 + HEIGHT_SPREAD)
            }
            _ => reference.height_mm,
        });
        let mass_kg = mass_kg
            .unwrap_or_else(|| reference.mass_kg * (height_mm / reference.height_mm).powi(2));
        Self::new(sex, age_years, height_mm, mass_kg)
    }

    /// Sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Age, years.
    #[must_use]
    pub fn age_years(&self) -> f64 {
        self.age_years
    }

    /// Standing height, of infants lying length, mm.
    #[must_use]
    pub fn height_mm(&self) -> f64 {
        self.height_mm
    }

    /// Mass, kg.
    #[must_use]
    pub fn mass_kg(&self) -> f64 {
        self.mass_kg
    }

    /// Body-mass index, kg/m2.
    #[must_use]
    pub fn bmi(&self) -> f64 {
        self.mass_kg / (self.height_mm / 1000.0).powi(2)
    }
}

/// Masses that a height allows, kg; to 0.1 kg, for people read them.
#[must_use]
pub fn masses_kg(height_mm: f64) -> (f64, f64) {
    let height_m = height_mm / 1000.0;
    let square = height_m * height_m;
    let high = (BMI.1 * square).min(ROHRER_INDEX_MAX * square * height_m);
    let (low, high) = ((BMI.0 * square).max(MASS_KG.0), high.min(MASS_KG.1));
    ((low * 10.0).ceil() / 10.0, (high * 10.0).floor() / 10.0)
}

/// First age at which a reference person fulfils a condition that holds from some age on, else 20
/// years; to a day.
fn age_when(sex: Sex, fulfilled: impl Fn(&Person) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, GROWN_YEARS);
    while high - low > 1.0 / 365.0 {
        let middle = 0.5 * (low + high);
        if Person::reference(sex, middle).is_ok_and(|person| fulfilled(&person)) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Height and mass of reference persons over age, years.
struct Growth {
    height_mm: MonotoneCurve,
    mass_kg: MonotoneCurve,
}

/// Growth of girls and of boys.
static GROWTH: LazyLock<[Growth; 2]> = LazyLock::new(|| {
    ["F", "M"].map(|sex| {
        let rows: Vec<[f64; 3]> = data_lines(REFERENCE_PERSONS)
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<_>>())
            .filter(|cells| cells[0] == sex)
            .map(|cells| [number(cells[1]), 10.0 * number(cells[2]), number(cells[3])])
            .collect();
        Growth {
            height_mm: MonotoneCurve::new(rows.iter().map(|row| (row[0], row[1])).collect()),
            mass_kg: MonotoneCurve::new(rows.iter().map(|row| (row[0], row[2])).collect()),
        }
    })
});

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    /// ICRP Publication 89, table 2.9: age, height (mm) and mass (kg) of women and of men.
    const ICRP: [(f64, f64, f64, f64, f64); 6] = [
        (0.0, 510.0, 3.5, 510.0, 3.5),
        (1.0, 760.0, 10.0, 760.0, 10.0),
        (5.0, 1090.0, 19.0, 1090.0, 19.0),
        (10.0, 1380.0, 32.0, 1380.0, 32.0),
        (15.0, 1610.0, 53.0, 1670.0, 56.0),
        (40.0, 1630.0, 60.0, 1760.0, 73.0),
    ];

    #[test]
    fn reference_persons_are_those_of_icrp() {
        for (age, female_mm, female_kg, male_mm, male_kg) in ICRP {
            let female = Person::reference(Sex::Female, age).unwrap();
            assert_eq!((female.height_mm(), female.mass_kg()), (female_mm, female_kg));
            let male = Person::reference(Sex::Male, age).unwrap();
            assert_eq!((male.height_mm(), male.mass_kg()), (male_mm, male_kg));
            let unknown = Person::reference(Sex::Unknown, age).unwrap();
            assert!((unknown.mass_kg() - 0.5 * (female_kg + male_kg)).abs() < 1e-9);
        }
    }

    #[test]
    fn between_the_nodes_children_grow_as_the_who_chart_says() {
        // WHO 2006 medians at 9 months, boys: 72.0 cm, 8.9 kg; at 4 years, girls: 102.7 cm, 16.1 kg.
        // ICRP's children are up to 4 % heavier than WHO's at the neighbouring ages, hence 5 %.
        let boy = Person::reference(Sex::Male, 0.75).unwrap();
        assert!((boy.height_mm() / 720.0 - 1.0).abs() < 0.02, "{boy:?}");
        assert!((boy.mass_kg() / 8.9 - 1.0).abs() < 0.05, "{boy:?}");
        let girl = Person::reference(Sex::Female, 4.0).unwrap();
        assert!((girl.height_mm() / 1027.0 - 1.0).abs() < 0.02, "{girl:?}");
        assert!((girl.mass_kg() / 16.1 - 1.0).abs() < 0.07, "{girl:?}");
    }

    #[test]
    fn what_is_missing_comes_from_the_reference_person() {
        let adult = Person::completed(Sex::Female, None, None, None).unwrap();
        assert_eq!((adult.height_mm(), adult.mass_kg()), (1630.0, 60.0));
        let tall = Person::completed(Sex::Male, Some(50.0), Some(1900.0), None).unwrap();
        assert!((tall.bmi() - 73.0 / 1.76_f64.powi(2)).abs() < 1e-9);
        let heavy = Person::completed(Sex::Male, Some(50.0), None, Some(150.0)).unwrap();
        assert_eq!(heavy.height_mm(), 1760.0);
        let heavy_child = Person::completed(Sex::Male, Some(5.0), None, Some(40.0)).unwrap();
        assert!((heavy_child.height_mm() - 1.08 * 1090.0).abs() < 1e-9);
    }

    #[test]
    fn someone_small_of_unknown_age_is_the_child_of_that_size() {
        // To a day: the reference child grows less than 1 mm and 30 g a day.
        let by_height = Person::completed(Sex::Unknown, None, Some(1090.0), None).unwrap();
        assert!((by_height.age_years() - 5.0).abs() < 0.01, "{by_height:?}");
        let by_mass = Person::completed(Sex::Female, None, None, Some(10.0)).unwrap();
        assert!((by_mass.age_years() - 1.0).abs() < 0.01, "{by_mass:?}");
    }

    #[test]
    fn absurd_values_are_refused_with_the_allowed_range() {
        let message = Person::new(Sex::Male, 40.0, 3000.0, 80.0).unwrap_err().to_string();
        assert_eq!(message, "height is 3000 mm; it must lie between 450 and 2100 mm");
        assert!(Person::new(Sex::Male, 162.0, 1700.0, 80.0).is_err());
        assert!(Person::new(Sex::Male, 40.0, 1700.0, -1.0).is_err());
        assert!(Person::new(Sex::Male, f64::NAN, 1700.0, 80.0).is_err());
        assert!(Person::completed(Sex::Male, None, Some(f64::NAN), None).is_err());
    }

    proptest! {
        #[test]
        fn any_allowed_knowledge_gives_a_person(
            age in proptest::option::of(0.0..120.0_f64),
            height in proptest::option::of(450.0..2100.0_f64),
            mass in proptest::option::of(2.0..250.0_f64),
        ) {
            let person = Person::completed(Sex::Unknown, age, height, mass).unwrap();
            prop_assert!(height.is_none_or(|height| height == person.height_mm()));
            prop_assert!(mass.is_none_or(|mass| mass == person.mass_kg()));
        }

        #[test]
        fn children_never_shrink(age in 0.0..20.0_f64, more in 0.0..3.0_f64) {
            for sex in [Sex::Female, Sex::Male] {
                let younger = Person::reference(sex, age).unwrap();
                let older = Person::reference(sex, age + more).unwrap();
                prop_assert!(older.height_mm() >= younger.height_mm());
                prop_assert!(older.mass_kg() >= younger.mass_kg());
            }
        }
    }
}
