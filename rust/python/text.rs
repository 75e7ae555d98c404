//! Python strings as `&str`, one at a time or a batch in one crossing, and spans back to code points.

use crate::simd::prefetch_at;
use arrow_array::{Array, ArrayRef, cast::AsArray, downcast_dictionary_array};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use pyo3_arrow::input::AnyArray;
use std::borrow::Cow;
use std::ops::Range;

/// Texts shorter than this are worked on while attached: detaching costs more than it frees.
pub(super) const SHORT: usize = 4096;

/// How many strings ahead the next one's head is asked for.
const AHEAD: usize = 16;

/// A Python string as UTF-8. A pair of lone surrogates is joined, as tiktoken does; any other lone surrogate
/// becomes U+FFFD.
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    /// Byte offsets just behind the joined pairs: each is one code point here and two in the caller's string.
    joined: Vec<usize>,
}

/// The UTF-8 of a string, and the byte offsets just behind pairs of lone surrogates that were joined; `None` for
/// what is no string.
fn utf8<'a>(string: Borrowed<'a, '_, PyAny>) -> PyResult<Option<(Cow<'a, str>, Vec<usize>)>> {
    if let Ok(text) = <&str>::extract(string) {
        return Ok(Some((Cow::Borrowed(text), Vec::new())));
    }
    let Ok(string) = string.cast::<PyString>() else { return Ok(None) };
    with_surrogates(&string).map(|(text, joined)| Some((Cow::Owned(text), joined)))
}

fn with_surrogates(string: &Bound<'_, PyString>) -> PyResult<(String, Vec<usize>)> {
    let encoded = string.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
    let bytes: &[u8] = encoded.extract()?;
    let points: Vec<u32> = bytes.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c)).collect();
    let (mut text, mut joined) = (String::with_capacity(bytes.len() / 2), Vec::new());
    let mut rest = points.as_slice();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (*first, tail.first()) {
            let point = 0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            text.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
            joined.push(text.len());
            rest = tail.get(1..).unwrap_or_default();
        } else {
            text.push(char::from_u32(*first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
    Ok((text, joined))
}

/// Arguments that are one text, by their names: pyo3 names an argument in a note, which the error's message lacks.
pub(super) mod named {
    use pyo3::exceptions::PyTypeError;
    use pyo3::prelude::*;
    use pyo3::types::PyString;

    fn checked<'py>(name: &str, given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
        if let Ok(string) = given.cast::<PyString>() {
            return Ok(string.clone());
        }
        let got = given.get_type().name()?;
        Err(PyTypeError::new_err(format!("{name}: got {got}, expected str")))
    }

    macro_rules! named {
        ($($name:ident)*) => {$(
            pub(in super::super) fn $name<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
                checked(stringify!($name), given)
            }
        )*};
    }

    named!(prediction reference source summary text);
}

impl<'a> Text<'a> {
    pub(super) fn new(string: &'a Bound<'_, PyString>) -> PyResult<Self> {
        if let Ok(text) = string.to_str() {
            return Ok(Self { text: Cow::Borrowed(text), joined: Vec::new() });
        }
        with_surrogates(string).map(|(text, joined)| Self { text: Cow::Owned(text), joined })
    }

    /// A converter from byte offsets to code points of the caller's string.
    pub(super) fn points(&self) -> Points<'_> {
        Points {
            text: self.text.as_bytes(),
            joined: &self.joined,
            ascii: self.text.is_ascii(),
            byte: 0,
            point: 0,
        }
    }
}

/// Byte offsets to code points; fast where the offsets rise.
pub(super) struct Points<'a> {
    text: &'a [u8],
    joined: &'a [usize],
    ascii: bool,
    byte: usize,
    point: usize,
}

impl Points<'_> {
    pub(super) fn at(&mut self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        let leads = |from: usize, to: usize| leads(self.text.get(from..to).unwrap_or_default());
        self.point = if byte >= self.byte {
            self.point + leads(self.byte, byte)
        } else {
            self.point - leads(byte, self.byte)
        };
        self.byte = byte;
        self.point + self.joined.partition_point(|&end| end <= byte)
    }

    /// The span of a token, which may begin or end inside a character: that character is then in it whole.
    pub(super) fn around(&mut self, start: usize, end: usize) -> (usize, usize) {
        if self.ascii {
            return (start, end);
        }
        let inside = |at: &usize| self.text.get(*at).is_some_and(|b| b & 0xC0 == 0x80);
        let start = (0..=start).rev().find(|at| !inside(at)).unwrap_or(0);
        let end = (end..).find(|at| !inside(at)).unwrap_or(end);
        (self.at(start), self.at(end))
    }

    pub(super) fn span(&mut self, span: &std::ops::Range<usize>) -> (usize, usize) {
        (self.at(span.start), self.at(span.end))
    }
}

/// How many characters begin in some bytes: counted in bytes as far as those reach, so that vectors do it.
fn leads(bytes: &[u8]) -> usize {
    let few = |part: &[u8]| part.iter().map(|&b| u8::from(b & 0xC0 != 0x80)).sum::<u8>();
    bytes.chunks(u8::MAX.into()).map(|part| usize::from(few(part))).sum()
}

/// A batch of texts as it was when the call began: another thread may change the list meanwhile.
pub(super) struct Snapshot<'py> {
    /// The argument's name, for errors.
    name: &'static str,
    items: Items<'py>,
}

enum Items<'py> {
    Python(Bound<'py, PyTuple>),
    Arrow(Vec<ArrayRef>),
}

impl<'py> Snapshot<'py> {
    /// Takes a list, a tuple, any other sequence or iterable of `str`, or an Arrow string array.
    pub(super) fn take(name: &'static str, texts: &Bound<'py, PyAny>) -> PyResult<Self> {
        let expected = |got: &str| {
            let message = format!("{name}: got {got}, expected a list of str or an Arrow string array");
            PyTypeError::new_err(message)
        };
        let python = |tuple| Ok(Self { name, items: Items::Python(tuple) });
        if let Ok(list) = texts.cast::<PyList>() {
            return python(list.to_tuple());
        }
        if texts.is_instance_of::<PyString>() {
            return Err(expected("one str"));
        }
        if texts.is_instance_of::<PyDict>() {
            return Err(expected("one dict"));
        }
        if texts.hasattr("__arrow_c_stream__")? || texts.hasattr("__arrow_c_array__")? {
            let (chunks, field) = texts.extract::<AnyArray>()?.into_chunked_array()?.into_inner();
            if !holds_strings(field.data_type()) {
                return Err(expected(&format!("an Arrow array of {}", field.data_type())));
            }
            return Ok(Self { name, items: Items::Arrow(chunks) });
        }
        match texts.try_iter() {
            Ok(_) => python(texts.py().get_type::<PyTuple>().call1((texts,))?.cast_into::<PyTuple>()?),
            Err(_) => Err(expected(&texts.get_type().name()?.to_string())),
        }
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        match &self.items {
            Items::Python(tuple) => tuple.len(),
            Items::Arrow(chunks) => chunks.iter().map(|chunk| chunk.len()).sum(),
        }
    }

    /// The texts, borrowed where Python or Arrow holds UTF-8.
    pub(super) fn texts(&self) -> PyResult<Vec<Text<'_>>> {
        let mut texts = Vec::with_capacity(self.len());
        self.each(0..self.len(), false, |found| {
            if let Some((text, joined)) = found {
                texts.push(Text { text, joined });
            }
        })?;
        Ok(texts)
    }

    /// The texts; `None` for what is None or null.
    pub(super) fn optional_texts(&self) -> PyResult<Vec<Option<Text<'_>>>> {
        let mut texts = Vec::with_capacity(self.len());
        self.each(0..self.len(), true, |found| {
            texts.push(found.map(|(text, joined)| Text { text, joined }));
        })?;
        Ok(texts)
    }

    /// The UTF-8 of some of the texts: less than [`Self::texts`] holds.
    pub(super) fn strings(&self, range: Range<usize>) -> PyResult<Vec<Cow<'_, str>>> {
        let mut strings = Vec::with_capacity(range.len());
        self.each(range, false, |found| strings.extend(found.map(|(text, _)| text)))?;
        Ok(strings)
    }

    /// Calls `visit` with each text of a range: its UTF-8 and where pairs were joined, or `None` where there is none and
    /// that is `allowed`.
    fn each<'a>(
        &'a self,
        range: Range<usize>,
        allowed: bool,
        mut visit: impl FnMut(Option<(Cow<'a, str>, Vec<usize>)>),
    ) -> PyResult<()> {
        match &self.items {
            Items::Python(tuple) => {
                let len = tuple.len();
                for i in range {
                    // Strings lie anywhere: their heads are asked for in good time.
                    if i + AHEAD < len {
                        prefetch_at(tuple.get_borrowed_item(i + AHEAD)?.as_ptr());
                    }
                    let item = tuple.get_borrowed_item(i)?;
                    let found = utf8(item)?;
                    if found.is_none() && !(allowed && item.is_none()) {
                        let expected = if allowed { "str or None" } else { "str" };
                        return Err(self.unexpected(i, &item.get_type().name()?.to_string(), expected));
                    }
                    visit(found);
                }
            }
            Items::Arrow(chunks) => {
                let mut first = 0;
                for chunk in chunks {
                    let (from, to) = (range.start.max(first), range.end.min(first + chunk.len()));
                    for i in from..to {
                        let text = string_at(chunk.as_ref(), i - first);
                        if text.is_none() && !allowed {
                            return Err(self.unexpected(i, "null", "a string"));
                        }
                        visit(text.map(|text| (Cow::Borrowed(text), Vec::new())));
                    }
                    first += chunk.len();
                }
            }
        }
        Ok(())
    }

    fn unexpected(&self, i: usize, got: &str, expected: &str) -> PyErr {
        PyTypeError::new_err(format!("{}[{i}]: got {got}, expected {expected}", self.name))
    }
}

/// Whether arrays of a type hold strings that [`string_at`] finds.
fn holds_strings(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => holds_strings(value),
        other => matches!(other, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

/// The string at a place of an array of strings; `None` for null.
fn string_at(array: &dyn Array, at: usize) -> Option<&str> {
    if array.is_null(at) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(at)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(at)),
        DataType::Utf8View => Some(array.as_string_view().value(at)),
        _ => downcast_dictionary_array!(
            array => string_at(array.values(), array.key(at)?),
            _ => None
        ),
    }
}
