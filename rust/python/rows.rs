//! Rows of Arrow columns as lines of JSON, as far as they hold what a rollout may be made of: text, numbers, flags,
//! lists and objects.

use crate::batch::map_chunks;
use crate::logs::string_into;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, cast::AsArray, downcast_dictionary_array};
use arrow_schema::DataType;
use std::fmt::Display;
use std::io::Write;

/// A line for each row, made on `threads` threads. One with a value of another kind, or with text that is not UTF-8, is a
/// line that is no JSON.
pub(super) fn lines(batch: &RecordBatch, threads: usize) -> Vec<u8> {
    let rows: Vec<usize> = (0..batch.num_rows()).collect();
    map_chunks(&rows, threads, &mut Vec::new(), |(), _, rows| lines_of(batch, rows)).concat()
}

fn lines_of(batch: &RecordBatch, rows: &[usize]) -> Vec<u8> {
    let mut out = Vec::new();
    let schema = batch.schema();
    for &row in rows {
        let start = out.len();
        out.push(b'{');
        let mut good = true;
        for (i, (field, column)) in schema.fields().iter().zip(batch.columns()).enumerate() {
            if i > 0 {
                out.push(b',');
            }
            string_into(field.name(), &mut out);
            out.push(b':');
            good = good && value(column.as_ref(), row, &mut out).is_some();
        }
        if good {
            out.extend_from_slice(b"}\n");
        } else {
            out.truncate(start);
            out.extend_from_slice(b"!\n");
        }
    }
    out
}

fn value(array: &dyn Array, at: usize, out: &mut Vec<u8>) -> Option<()> {
    if array.is_null(at) {
        out.extend_from_slice(b"null");
        return Some(());
    }
    match array.data_type() {
        DataType::Null => out.extend_from_slice(b"null"),
        DataType::Utf8 => text(array.as_string::<i32>().value(at).as_bytes(), out)?,
        DataType::LargeUtf8 => text(array.as_string::<i64>().value(at).as_bytes(), out)?,
        DataType::Utf8View => text(array.as_string_view().value(at).as_bytes(), out)?,
        DataType::Boolean => {
            let flag: &[u8] = if array.as_boolean().value(at) { b"true" } else { b"false" };
            out.extend_from_slice(flag);
        }
        DataType::Int8 => number::<Int8Type>(array, at, out),
        DataType::Int16 => number::<Int16Type>(array, at, out),
        DataType::Int32 => number::<Int32Type>(array, at, out),
        DataType::Int64 => number::<Int64Type>(array, at, out),
        DataType::UInt8 => number::<UInt8Type>(array, at, out),
        DataType::UInt16 => number::<UInt16Type>(array, at, out),
        DataType::UInt32 => number::<UInt32Type>(array, at, out),
        DataType::UInt64 => number::<UInt64Type>(array, at, out),
        DataType::Float32 => real(f64::from(array.as_primitive::<Float32Type>().value(at)), out)?,
        DataType::Float64 => real(array.as_primitive::<Float64Type>().value(at), out)?,
        DataType::List(_) => list(array.as_list::<i32>().value(at).as_ref(), out)?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(at).as_ref(), out)?,
        DataType::FixedSizeList(_, _) => list(array.as_fixed_size_list().value(at).as_ref(), out)?,
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            out.push(b'{');
            for (i, (field, column)) in fields.iter().zip(columns).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                string_into(field.name(), out);
                out.push(b':');
                value(column.as_ref(), at, out)?;
            }
            out.push(b'}');
        }
        _ => downcast_dictionary_array!(
            array => value(array.values().as_ref(), array.key(at)?, out)?,
            _ => return None
        ),
    }
    Some(())
}

fn text(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    string_into(std::str::from_utf8(bytes).ok()?, out);
    Some(())
}

fn number<T: ArrowPrimitiveType>(array: &dyn Array, at: usize, out: &mut Vec<u8>)
where
    T::Native: Display,
{
    let _ = write!(out, "{}", array.as_primitive::<T>().value(at));
}

fn real(value: f64, out: &mut Vec<u8>) -> Option<()> {
    let _ = write!(out, "{value:?}");
    value.is_finite().then_some(())
}

fn list(items: &dyn Array, out: &mut Vec<u8>) -> Option<()> {
    out.push(b'[');
    for at in 0..items.len() {
        if at > 0 {
            out.push(b',');
        }
        value(items, at, out)?;
    }
    out.push(b']');
    Some(())
}
