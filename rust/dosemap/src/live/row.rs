//! A frame as a row of numbers; words (plane, position, space of the angles, filters) are places in
//! lists that the caller keeps.

/// Field and place in a field of several numbers, of every number of a row.
pub const COLUMNS: [(&str, usize); 24] = [
    ("time_s", 0),
    ("frame_id", 0),
    ("kerma_area_product_gy_m2", 0),
    ("reference_air_kerma_gy", 0),
    ("plane", 0),
    ("patient_position", 0),
    ("angle_space", 0),
    ("added_filters", 0),
    ("kvp", 0),
    ("primary_angle_deg", 0),
    ("secondary_angle_deg", 0),
    ("detector_rotation_deg", 0),
    ("table_horizontal_rotation_deg", 0),
    ("table_head_tilt_deg", 0),
    ("table_cradle_tilt_deg", 0),
    ("source_to_isocenter_mm", 0),
    ("source_to_reference_point_mm", 0),
    ("table_origin_in_isocenter_mm", 0),
    ("table_origin_in_isocenter_mm", 1),
    ("table_origin_in_isocenter_mm", 2),
    ("field_at_1m_mm", 0),
    ("field_at_1m_mm", 1),
    ("field_at_1m_mm", 2),
    ("field_at_1m_mm", 3),
];

/// One number per entry of [`COLUMNS`].
pub type Row = [f64; COLUMNS.len()];

/// Bytes of a row: its numbers one after the other, little-endian.
pub const ROW_BYTES: usize = size_of::<Row>();

/// Stands for a value that was not given; NaN is one that was given and is none.
pub(super) const ABSENT: f64 = f64::MIN;
/// Place of a word that is not in its list.
pub(super) const INVALID: f64 = -1.0;

pub(super) const TIME: usize = 0;
pub(super) const ID: usize = 1;
pub(super) const KAP: usize = 2;
pub(super) const KERMA: usize = 3;
pub(super) const PLANE: usize = 4;
pub(super) const POSITION: usize = 5;
pub(super) const SPACE: usize = 6;
pub(super) const FILTERS: usize = 7;
pub(super) const KVP: usize = 8;
/// Angles of the C-arm: primary, secondary, detector; then of the table: turn, head, cradle.
pub(super) const ANGLES: usize = 9;
pub(super) const ISOCENTER: usize = 15;
pub(super) const REFERENCE: usize = 16;
pub(super) const ORIGIN: usize = 17;
pub(super) const FIELD: usize = 20;
/// From here on a row says what the beam is: frames that agree in it have the same one.
pub(super) const BEAM: usize = POSITION;
/// From here on the map needs it; a frame can do without what is before.
pub(super) const NEEDED: usize = KERMA;

/// The row of some bytes, of which there are [`ROW_BYTES`].
pub(super) fn from_bytes(bytes: &[u8]) -> Row {
    let mut row = [ABSENT; COLUMNS.len()];
    for (value, bytes) in row.iter_mut().zip(bytes.as_chunks().0) {
        *value = f64::from_le_bytes(*bytes);
    }
    row
}

/// The numbers of a row from one on.
pub(super) fn part<const N: usize>(row: &Row, first: usize) -> [f64; N] {
    std::array::from_fn(|i| row[first + i])
}
