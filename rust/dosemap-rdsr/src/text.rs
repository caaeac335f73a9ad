//! Text in the character set that the report declares; never fails, replaces what it must.

use dicom_encoding::text::{SpecificCharacterSet, TextCodec};

/// The character repertoire of a data set.
#[derive(Debug, Clone, Default)]
pub(crate) struct Charset(Option<SpecificCharacterSet>);

impl Charset {
    /// From the value of (0008,0005).
    ///
    /// With several values (ISO 2022 code extensions) the last known one decodes the text: its
    /// codec reads ASCII too. Text that switches between two others is decoded with replacements;
    /// codes, numbers and units are ASCII in every set and are not affected.
    pub(crate) fn from_codes(value: &[u8]) -> Self {
        let codes = String::from_utf8_lossy(value);
        Self(codes.rsplit('\\').find_map(|code| SpecificCharacterSet::from_code(code.trim())))
    }

    /// Decode a value without its padding.
    ///
    /// Where no set is declared, text beyond ASCII is UTF-8 if it is valid UTF-8, else Latin-1.
    pub(crate) fn decode(&self, value: &[u8]) -> String {
        let value = unpadded(value);
        let ascii = value.is_ascii() && !value.contains(&ESCAPE);
        match (&self.0, std::str::from_utf8(value)) {
            (_, Ok(text)) if ascii => text.to_owned(),
            (None, Ok(text)) => text.to_owned(),
            (Some(charset), _) => {
                charset.decode(value).unwrap_or_else(|_| String::from_utf8_lossy(value).into())
            }
            (None, Err(_)) => value.iter().map(|&byte| char::from(byte)).collect(),
        }
    }
}

/// Starts an ISO 2022 escape sequence.
const ESCAPE: u8 = 0x1B;

/// A value without the spaces and NULs that fill it to an even length.
fn unpadded(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|byte| !matches!(byte, b' ' | 0)).map_or(0, |last| last + 1);
    &value[..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_goes_and_leading_spaces_stay() {
        assert_eq!(Charset::default().decode(b"  1.2 \0"), "  1.2");
        assert_eq!(Charset::default().decode(b" \0"), "");
    }

    #[test]
    fn declared_sets_are_decoded() {
        let cases: [(&[u8], &[u8], &str); 4] = [
            (b"ISO_IR 192", "\u{635}\u{62f}\u{631}".as_bytes(), "\u{635}\u{62f}\u{631}"),
            (b"ISO_IR 100", b"Fokus gr\xF6\xDFer", "Fokus gr\u{f6}\u{df}er"),
            // PS3.5 H.3.1: Yamada in JIS X 0208, shifted in and out by escape sequences.
            (b"\\ISO 2022 IR 87", b"\x1B$B;3ED\x1B(B^Taro", "\u{5c71}\u{7530}^Taro"),
            (b"ISO 2022 IR 6\\ISO 2022 IR 100", b"R\xE9gion", "R\u{e9}gion"),
        ];
        for (codes, bytes, text) in cases {
            assert_eq!(Charset::from_codes(codes).decode(bytes), text);
        }
    }

    #[test]
    fn undeclared_text_is_utf8_or_else_latin1() {
        assert_eq!(Charset::default().decode("\u{e5}".as_bytes()), "\u{e5}");
        assert_eq!(Charset::default().decode(b"\xE5 cm"), "\u{e5} cm");
        assert_eq!(Charset::from_codes(b"NO SUCH SET").decode(b"\xE5 cm"), "\u{e5} cm");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// The codecs belong to an old crate; broken multi-byte text must not panic in them.
        #[test]
        fn broken_text_never_panics(
            codes in prop::sample::select(vec![
                "", "ISO_IR 13", "ISO_IR 87", "ISO_IR 101", "ISO_IR 109", "ISO_IR 110", "ISO_IR 126",
                "ISO_IR 127", "ISO_IR 138", "ISO_IR 144", "ISO_IR 149", "ISO_IR 166", "ISO_IR 192",
                "GB18030", "GBK",
            ]),
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), Just(0x1B), Just(b'$'), Just(b'B'), Just(b'(')], 0..24),
        ) {
            Charset::from_codes(codes.as_bytes()).decode(&bytes);
        }
    }
}
