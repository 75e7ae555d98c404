//! Python strings as `&str`, one at a time or a batch in one crossing, and spans back to code points.

use arrow_array::{Array, ArrayRef, cast::AsArray};
use arrow_schema::DataType;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use pyo3_arrow::input::AnyArray;
use std::borrow::Cow;

/// Texts shorter than this are worked on while attached: detaching costs more than it frees.
pub(super) const SHORT: usize = 4096;

/// A Python string as UTF-8. A pair of lone surrogates is joined, as tiktoken does; any other lone surrogate
/// becomes U+FFFD.
pub(super) struct Text<'a> {
    pub(super) text: Cow<'a, str>,
    /// Byte offsets just behind the joined pairs: each is one code point here and two in the caller's string.
    joined: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn new(string: &'a Bound<'_, PyString>) -> PyResult<Self> {
        match string.to_str() {
            Ok(text) => Ok(Self { text: Cow::Borrowed(text), joined: Vec::new() }),
            Err(_) => Self::with_surrogates(string),
        }
    }

    fn with_surrogates(string: &Bound<'_, PyString>) -> PyResult<Self> {
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
        Ok(Self { text: Cow::Owned(text), joined })
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
        let leads = |from: usize, to: usize| {
            self.text.get(from..to).unwrap_or_default().iter().filter(|&&b| b & 0xC0 != 0x80).count()
        };
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
        let inside = |at: &usize| self.text.get(*at).is_some_and(|b| b & 0xC0 == 0x80);
        let start = (0..=start).rev().find(|at| !inside(at)).unwrap_or(0);
        let end = (end..).find(|at| !inside(at)).unwrap_or(end);
        (self.at(start), self.at(end))
    }

    pub(super) fn span(&mut self, span: &std::ops::Range<usize>) -> (usize, usize) {
        (self.at(span.start), self.at(span.end))
    }
}

/// A batch of texts as it was when the call began: another thread may change the list meanwhile.
pub(super) enum Snapshot<'py> {
    Strings(Vec<Bound<'py, PyString>>),
    Arrow(Vec<ArrayRef>),
}

fn expected<T>(name: &str, got: &str) -> PyResult<T> {
    Err(PyTypeError::new_err(format!("{name}: got {got}, expected a list of str or an Arrow string array")))
}

impl<'py> Snapshot<'py> {
    /// Takes a list, a tuple, any other sequence or iterable of `str`, or an Arrow string array. `name` is the
    /// argument's, for errors.
    pub(super) fn take(name: &str, texts: &Bound<'py, PyAny>) -> PyResult<Self> {
        if texts.is_instance_of::<PyString>() {
            return expected(name, "one str");
        }
        if texts.hasattr("__arrow_c_stream__")? || texts.hasattr("__arrow_c_array__")? {
            return Self::arrow(name, texts);
        }
        let Ok(items) = texts.try_iter() else {
            return expected(name, &texts.get_type().name()?.to_string());
        };
        let mut strings = Vec::with_capacity(texts.len().unwrap_or(0));
        for (i, item) in items.enumerate() {
            let item = item?;
            match item.cast_into::<PyString>() {
                Ok(string) => strings.push(string),
                Err(e) => {
                    let got = e.into_inner().get_type().name()?.to_string();
                    return Err(PyTypeError::new_err(format!("{name}[{i}]: got {got}, expected str")));
                }
            }
        }
        Ok(Self::Strings(strings))
    }

    fn arrow(name: &str, texts: &Bound<'py, PyAny>) -> PyResult<Self> {
        let chunked = texts.extract::<AnyArray>()?.into_chunked_array()?;
        let (chunks, field) = chunked.into_inner();
        let value_type = match field.data_type() {
            DataType::Dictionary(_, value) => value.as_ref(),
            other => other,
        };
        if !matches!(value_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
            return expected(name, &format!("an Arrow array of {}", field.data_type()));
        }
        let mut row = 0;
        for chunk in &chunks {
            if let Some(null) = (0..chunk.len()).find(|&i| chunk.is_null(i)) {
                return Err(PyTypeError::new_err(format!(
                    "{name}[{}]: got null, expected a string",
                    row + null
                )));
            }
            row += chunk.len();
        }
        Ok(Self::Arrow(chunks))
    }

    /// The texts, borrowed where Python or Arrow holds UTF-8.
    pub(super) fn texts(&self) -> PyResult<Vec<Text<'_>>> {
        match self {
            Self::Strings(strings) => strings.iter().map(Text::new).collect(),
            Self::Arrow(chunks) => {
                let mut texts = Vec::with_capacity(chunks.iter().map(|c| c.len()).sum());
                for chunk in chunks {
                    push_chunk(chunk.as_ref(), &mut texts);
                }
                Ok(texts)
            }
        }
    }
}

fn push_chunk<'a>(chunk: &'a dyn Array, out: &mut Vec<Text<'a>>) {
    let text = |t: Option<&'a str>| Text { text: Cow::Borrowed(t.unwrap_or_default()), joined: Vec::new() };
    match chunk.data_type() {
        DataType::Utf8 => out.extend(chunk.as_string::<i32>().iter().map(text)),
        DataType::LargeUtf8 => out.extend(chunk.as_string::<i64>().iter().map(text)),
        DataType::Utf8View => out.extend(chunk.as_string_view().iter().map(text)),
        DataType::Dictionary(_, _) => {
            let dictionary = chunk.as_any_dictionary();
            let mut values = Vec::new();
            push_chunk(dictionary.values().as_ref(), &mut values);
            let value = |key: usize| {
                values.get(key).map(|v| match &v.text {
                    Cow::Borrowed(text) => *text,
                    Cow::Owned(_) => "",
                })
            };
            out.extend(dictionary.normalized_keys().into_iter().map(|key| text(value(key))));
        }
        // `Snapshot::arrow` lets no other type through.
        _ => {}
    }
}
