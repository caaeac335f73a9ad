//! The embedded body template file: a little-endian PLY of scalar columns and triangles.

/// Number types of the columns.
#[derive(Debug, Clone, Copy)]
enum Scalar {
    U8,
    U16,
    I16,
    F32,
}

impl Scalar {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "uchar" => Some(Self::U8),
            "ushort" => Some(Self::U16),
            "short" => Some(Self::I16),
            "float" => Some(Self::F32),
            _ => None,
        }
    }

    const fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::F32 => 4,
        }
    }

    fn value(self, bytes: &[u8]) -> Option<f64> {
        match self {
            Self::U8 => bytes.first().copied().map(f64::from),
            Self::U16 => Some(f64::from(u16::from_le_bytes(bytes.get(..2)?.try_into().ok()?))),
            Self::I16 => Some(f64::from(i16::from_le_bytes(bytes.get(..2)?.try_into().ok()?))),
            Self::F32 => Some(f64::from(f32::from_le_bytes(bytes.get(..4)?.try_into().ok()?))),
        }
    }
}

/// The columns of one element, each with its name.
#[derive(Debug)]
pub(super) struct Table {
    name: String,
    rows: usize,
    columns: Vec<(String, Scalar)>,
    values: Vec<Vec<f64>>,
}

impl Table {
    /// A column by its name.
    pub(super) fn column(&self, name: &str) -> Option<&[f64]> {
        let index = self.columns.iter().position(|(column, _)| column == name)?;
        self.values.get(index).map(Vec::as_slice)
    }
}

/// A file: its tables of scalars, and its triangles.
#[derive(Debug)]
pub(super) struct Ply {
    tables: Vec<Table>,
    /// Corners of the triangles.
    pub(super) triangles: Vec<[u32; 3]>,
}

impl Ply {
    /// A table by its name.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Read a file whose last element is `face`; `None` when it is another kind of PLY or cut off.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        const END: &[u8] = b"end_header\n";
        let end = bytes.windows(END.len()).position(|window| window == END)? + END.len();
        let (mut tables, triangle_count) = header(std::str::from_utf8(&bytes[..end]).ok()?)?;
        let mut rest = &bytes[end..];
        for table in &mut tables {
            table.values = vec![Vec::with_capacity(table.rows); table.columns.len()];
            for _ in 0..table.rows {
                for ((_, scalar), values) in table.columns.iter().zip(&mut table.values) {
                    values.push(scalar.value(rest)?);
                    rest = rest.get(scalar.size()..)?;
                }
            }
        }
        let corner = |record: &[u8], at: usize| {
            Some(u32::from(u16::from_le_bytes(record.get(at..at + 2)?.try_into().ok()?)))
        };
        // A triangle: the count 3 in a byte, then three unsigned shorts.
        let triangles = rest
            .chunks(7)
            .map(|record| Some([corner(record, 1)?, corner(record, 3)?, corner(record, 5)?]))
            .collect::<Option<Vec<_>>>()?;
        (triangles.len() == triangle_count).then_some(Self { tables, triangles })
    }
}

/// The tables, still empty, and the number of triangles.
fn header(text: &str) -> Option<(Vec<Table>, usize)> {
    let mut tables: Vec<Table> = Vec::new();
    let mut triangles = None;
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["element", "face", count] => triangles = Some(count.parse().ok()?),
            ["element", name, count] => tables.push(Table {
                name: name.to_owned(),
                rows: count.parse().ok()?,
                columns: Vec::new(),
                values: Vec::new(),
            }),
            ["property", kind, name] => {
                let column = (name.to_owned(), Scalar::from_name(kind)?);
                tables.last_mut()?.columns.push(column);
            }
            _ => {}
        }
    }
    Some((tables, triangles?))
}
