//! Content items of the SR tree, flattened: parents before children, indices instead of nesting.

use std::collections::HashSet;
use std::sync::Arc;

use dicom_core::Tag;
use dicom_dictionary_std::tags;

use crate::element::DataSet;
use crate::text::Charset;

/// A coded concept; parts that the report leaves out are empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Code {
    /// Code value, e.g. `113738`.
    pub value: String,
    /// Coding scheme designator, e.g. `DCM`.
    pub scheme: String,
    /// Code meaning as the report spells it; never match on it.
    pub meaning: String,
}

impl Code {
    /// Whether this is the concept `value` of the DICOM scheme.
    pub(crate) fn is_dcm(&self, value: &str) -> bool {
        self.value == value && self.scheme == "DCM"
    }

    pub(crate) fn read(code: &DataSet<'_>, charset: &Charset) -> Self {
        let text = |tag| code.bytes(tag).map(|value| charset.decode(value)).unwrap_or_default();
        let value = [tags::CODE_VALUE, tags::LONG_CODE_VALUE, tags::URN_CODE_VALUE]
            .into_iter()
            .map(text)
            .find(|value| !value.is_empty());
        Self {
            value: value.unwrap_or_default(),
            scheme: text(tags::CODING_SCHEME_DESIGNATOR),
            meaning: text(tags::CODE_MEANING),
        }
    }

    /// The first code of a code sequence.
    pub(crate) fn first(set: &DataSet<'_>, sequence: Tag, charset: &Charset) -> Option<Self> {
        set.items(sequence).first().map(|code| Self::read(code, charset))
    }
}

/// The codes of one report, each held once: a report repeats some hundred in every event, and what it
/// takes in memory is mostly codes.
#[derive(Debug, Default)]
pub(crate) struct Codes(HashSet<Arc<Code>>);

impl Codes {
    fn shared(&mut self, code: Code) -> Arc<Code> {
        if let Some(known) = self.0.get(&code) {
            return Arc::clone(known);
        }
        let code = Arc::new(code);
        self.0.insert(Arc::clone(&code));
        code
    }

    fn first(&mut self, set: &DataSet<'_>, sequence: Tag, charset: &Charset) -> Option<Arc<Code>> {
        Code::first(set, sequence, charset).map(|code| self.shared(code))
    }
}

/// Value type (0040,A040) of a content item.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
    /// Groups other items.
    Container,
    /// Numbers with a unit.
    Num,
    /// A coded value.
    Code,
    /// Free text.
    Text,
    /// A UID.
    UidRef,
    /// Date and time.
    DateTime,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A person's name.
    PName,
    /// A reference to an image.
    Image,
    /// A reference to another composite object.
    Composite,
    /// No value type: the item points to another item of the tree.
    Reference,
    /// Anything else, as written; empty where the value type is missing.
    Other(String),
}

impl ValueType {
    fn read(item: &DataSet<'_>) -> Self {
        let value = item.bytes(tags::VALUE_TYPE).unwrap_or_default();
        let defined = Charset::default().decode(value);
        match defined.trim_start() {
            "CONTAINER" => Self::Container,
            "NUM" => Self::Num,
            "CODE" => Self::Code,
            "TEXT" => Self::Text,
            "UIDREF" => Self::UidRef,
            "DATETIME" => Self::DateTime,
            "DATE" => Self::Date,
            "TIME" => Self::Time,
            "PNAME" => Self::PName,
            "IMAGE" => Self::Image,
            "COMPOSITE" => Self::Composite,
            "" if item.bytes(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER).is_some() => Self::Reference,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The defined term, e.g. `NUM`; `REFERENCE` for a by-reference item.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Container => "CONTAINER",
            Self::Num => "NUM",
            Self::Code => "CODE",
            Self::Text => "TEXT",
            Self::UidRef => "UIDREF",
            Self::DateTime => "DATETIME",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::PName => "PNAME",
            Self::Image => "IMAGE",
            Self::Composite => "COMPOSITE",
            Self::Reference => "REFERENCE",
            Self::Other(term) => term,
        }
    }
}

/// A content item. Values are read by what the item holds, not by what its value type promises.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Index of the parent in the same list; `None` directly below the report or the event.
    pub parent: Option<usize>,
    /// What the item is about; empty parts where the report names no concept.
    pub concept: Arc<Code>,
    /// The value type as written.
    pub value_type: ValueType,
    /// All numeric values, finite. Empty where the report gives none, or none that is a number;
    /// then `text` holds what was written.
    pub numbers: Vec<f64>,
    /// Unit of the numbers.
    pub unit: Option<Arc<Code>>,
    /// Numeric value qualifier: why there is no number.
    pub qualifier: Option<Arc<Code>>,
    /// The value of a CODE item.
    pub coded: Option<Arc<Code>>,
    /// The value of a TEXT, UIDREF, DATETIME, DATE, TIME or PNAME item; the identifier `1.2.3` of
    /// the item a REFERENCE points to; numbers that cannot be parsed, as written.
    pub text: Option<String>,
}

impl Item {
    /// Read one content item, without its children.
    pub(crate) fn read(
        item: &DataSet<'_>,
        parent: Option<usize>,
        charset: &Charset,
        codes: &mut Codes,
    ) -> Self {
        let measured = item.items(tags::MEASURED_VALUE_SEQUENCE).first();
        let number_text = measured.and_then(|measured| measured.bytes(tags::NUMERIC_VALUE));
        let number_text = number_text.map(|value| charset.decode(value));
        let numbers = decimal_strings(number_text.as_deref().unwrap_or_default())
            .or_else(|| measured.and_then(floating_point));
        let unparsed = if numbers.is_none() { number_text.filter(|t| !t.is_empty()) } else { None };
        Self {
            parent,
            concept: codes
                .first(item, tags::CONCEPT_NAME_CODE_SEQUENCE, charset)
                .unwrap_or_default(),
            value_type: ValueType::read(item),
            numbers: numbers.unwrap_or_default(),
            unit: measured.and_then(|measured| {
                codes.first(measured, tags::MEASUREMENT_UNITS_CODE_SEQUENCE, charset)
            }),
            qualifier: codes.first(item, tags::NUMERIC_VALUE_QUALIFIER_CODE_SEQUENCE, charset),
            coded: codes.first(item, tags::CONCEPT_CODE_SEQUENCE, charset),
            text: unparsed.or_else(|| text_value(item, charset)),
        }
    }
}

/// All values of a decimal string, or nothing if one of them is not a finite number.
fn decimal_strings(text: &str) -> Option<Vec<f64>> {
    let parse = |part: &str| part.trim().parse().ok().filter(|number: &f64| number.is_finite());
    text.split('\\').map(parse).collect()
}

/// The floating point value that may stand in place of the decimal string.
fn floating_point(measured: &DataSet<'_>) -> Option<Vec<f64>> {
    let numbers = measured.doubles(tags::FLOATING_POINT_VALUE);
    let usable = !numbers.is_empty() && numbers.iter().all(|number| number.is_finite());
    usable.then_some(numbers)
}

fn text_value(item: &DataSet<'_>, charset: &Charset) -> Option<String> {
    let written =
        [tags::TEXT_VALUE, tags::UID, tags::DATE_TIME, tags::DATE, tags::TIME, tags::PERSON_NAME];
    let value = written.into_iter().find_map(|tag| item.bytes(tag));
    value.map(|value| charset.decode(value)).or_else(|| {
        item.bytes(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER)?;
        let path = item.unsigned_longs(tags::REFERENCED_CONTENT_ITEM_IDENTIFIER);
        Some(path.iter().map(u32::to_string).collect::<Vec<_>>().join("."))
    })
}
