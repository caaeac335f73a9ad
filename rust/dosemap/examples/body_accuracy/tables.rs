//! The measures of fitted bodies beside the published ones, as Markdown.
#![allow(clippy::expect_used)]

use std::fmt::Write;

use dosemap::body::comparison::{Comparison, compare};
use dosemap::body::fit::fit;
use dosemap::body::measure::stature_mm;
use dosemap::body::person::{Person, Sex};

/// Ages of the reference persons, years.
const REFERENCE_AGES: [f64; 6] = [0.0, 1.0, 5.0, 10.0, 15.0, 40.0];
/// Heights (mm) and body-mass indices (kg/m²) of the grid of adults.
const HEIGHTS_MM: [f64; 4] = [1500.0, 1650.0, 1800.0, 1950.0];
const BMIS: [f64; 5] = [17.0, 22.0, 30.0, 38.0, 45.0];

/// A person's figure, measured.
pub struct Row {
    pub person: Person,
    pub mass_deviation: f64,
    pub height_deviation: f64,
    pub measures: Vec<Comparison>,
}

impl Row {
    fn of(person: Person) -> Self {
        let figure = fit(&person).expect("a person of the tables is within the range");
        Self {
            mass_deviation: figure.volume_mm3() * 1e-6 / person.mass_kg() - 1.0,
            height_deviation: stature_mm(&figure.vertices_mm) / person.height_mm() - 1.0,
            measures: compare(&person, &figure),
            person,
        }
    }

    pub fn worst(&self) -> Comparison {
        let by_size =
            |a: &&Comparison, b: &&Comparison| a.deviation().abs().total_cmp(&b.deviation().abs());
        *self.measures.iter().max_by(by_size).expect("there are measures")
    }
}

pub fn reference_rows() -> Vec<Row> {
    let sexes = [Sex::Female, Sex::Male];
    let persons = sexes.into_iter().flat_map(|sex| {
        REFERENCE_AGES.map(|age| Person::reference(sex, age).expect("an age within the range"))
    });
    persons.map(Row::of).collect()
}

pub fn adult_rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for sex in [Sex::Female, Sex::Male] {
        for height_mm in HEIGHTS_MM {
            for bmi in BMIS {
                let mass_kg = bmi * (height_mm / 1000.0) * (height_mm / 1000.0);
                let person = Person::new(sex, 40.0, height_mm, mass_kg);
                rows.push(Row::of(person.expect("an adult within the range")));
            }
        }
    }
    rows
}

fn words(sex: Sex) -> &'static str {
    if sex == Sex::Female { "female" } else { "male" }
}

/// A share as per cent with its sign; no negative zero.
fn percent(share: f64) -> String {
    format!("{:+.1}", (share * 1000.0).round() / 10.0 + 0.0)
}

/// Both tables.
pub fn markdown() -> String {
    let mut text = String::from("### Reference persons\n\n");
    text += "| person | measure | published / mm | model / mm | deviation / % |\n|---|---|---:|---:|---:|\n";
    for row in reference_rows() {
        let person = format!("{}, {} y", words(row.person.sex()), row.person.age_years());
        let (mass, height) = (row.person.mass_kg(), row.person.height_mm());
        let model_kg = mass * (1.0 + row.mass_deviation);
        let deviation = percent(row.mass_deviation);
        let _ =
            writeln!(text, "| {person} | mass (kg) | {mass:.2} | {model_kg:.2} | {deviation} |");
        let model_mm = height * (1.0 + row.height_deviation);
        let deviation = percent(row.height_deviation);
        let _ = writeln!(text, "| {person} | height | {height:.0} | {model_mm:.0} | {deviation} |");
        for m in &row.measures {
            let (name, deviation) = (m.measure.replace('_', " "), percent(m.deviation()));
            let (published, model) = (m.published_mm, m.model_mm);
            let _ =
                writeln!(text, "| {person} | {name} | {published:.0} | {model:.0} | {deviation} |");
        }
    }
    text += "\n### Adults of 40 years\n\n";
    text += "| sex | height / cm | BMI / kg/m² | mass deviation / % | largest deviation of a measure / % | of |\n";
    text += "|---|---:|---:|---:|---:|---|\n";
    for row in adult_rows() {
        let worst = row.worst();
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.0} | {} | {} | {} |",
            words(row.person.sex()),
            row.person.height_mm() / 10.0,
            row.person.bmi(),
            percent(row.mass_deviation),
            percent(worst.deviation()),
            worst.measure.replace('_', " "),
        );
    }
    text
}
