//! Files in blocks of whole lines, packed with gzip or zstd or not at all.

use super::block::memchr;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::piped::Piped;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, of any number of members.
    Gzip,
    /// Zstandard, of any number of frames.
    Zstd,
}

/// Whole lines of a file, the last one perhaps without its end.
#[derive(Debug, Clone)]
pub struct Block {
    /// The lines.
    pub bytes: Vec<u8>,
    /// Where they begin in the unpacked file.
    pub offset: u64,
    /// The number of the first, from 1.
    pub number: u64,
}

type Reading = Box<dyn Read + Send>;

/// Reads a file block by block.
pub struct Blocks {
    input: Reading,
    rest: Vec<u8>,
    size: usize,
    offset: u64,
    number: u64,
    ended: bool,
    watch: Watch,
}

/// What others see of a reading, and may say to it, while it goes on.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    read: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Watch {
    /// Bytes that were read of the file as it stands, packed or not.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Ends a wait for standard input or a pipe, which may be for ever: what waits gets an error.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

impl Packing {
    /// By the name that files end in.
    pub fn parse(name: &str) -> Option<Self> {
        [("plain", Self::Plain), ("gzip", Self::Gzip), ("zstd", Self::Zstd)]
            .into_iter()
            .find_map(|(known, packing)| (known == name).then_some(packing))
    }

    /// By how a file begins.
    pub fn of(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }

    fn unpacked(self, raw: Reading) -> io::Result<Reading> {
        Ok(match self {
            Self::Plain => raw,
            Self::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, raw))),
            Self::Zstd => Box::new(zstd::Decoder::new(raw)?),
        })
    }

    /// Bytes as a whole member or frame, the same for the same bytes.
    ///
    /// # Errors
    /// Where the packer fails.
    pub fn pack(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Packing::Plain => Ok(bytes.to_vec()),
            Packing::Gzip => {
                let mut packer = GzEncoder::new(Vec::with_capacity(bytes.len() / 3), Compression::new(4));
                packer.write_all(bytes)?;
                packer.finish()
            }
            Packing::Zstd => zstd::encode_all(bytes, 3),
        }
    }

    /// All that was packed.
    ///
    /// # Errors
    /// Where it breaks off, or is not packed so.
    pub fn unpack(self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.unpacked(Box::new(Cursor::new(packed.to_vec())))?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Blocks {
    /// Opens a file, or standard input where there is no path, to be read in blocks of about `size` bytes, from
    /// `offset` of the unpacked file on, where line `number` begins. How standard input and pipes are packed is seen from
    /// how they begin.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn open(
        path: Option<&Path>,
        packing: Packing,
        size: usize,
        offset: u64,
        number: u64,
    ) -> io::Result<Self> {
        let watch = Watch::default();
        let mut behind = offset;
        let counted = |input: Reading| Counted { input, read: Arc::clone(&watch.read) };
        let file = match path {
            Some(path) if std::fs::metadata(path)?.is_file() => Some(path),
            _ => None,
        };
        let mut input: Reading = match file {
            None => {
                let raw = counted(Box::new(Piped::open(path, watch.clone())?));
                Box::new(Unpacked { raw: Some(raw), input: Box::new(io::empty()) })
            }
            Some(path) => {
                let mut file = File::open(path)?;
                if packing == Packing::Plain && offset > 0 {
                    file.seek(SeekFrom::Start(offset))?;
                    behind = 0;
                    watch.read.store(offset, Ordering::Relaxed);
                }
                packing.unpacked(Box::new(counted(Box::new(file))))?
            }
        };
        if behind > 0 {
            io::copy(&mut input.by_ref().take(behind), &mut io::sink())?;
        }
        Ok(Self { input, rest: Vec::new(), size, offset, number, ended: false, watch })
    }

    /// What others may see of it meanwhile.
    pub fn watch(&self) -> Watch {
        self.watch.clone()
    }

    /// The next lines; `None` at the end. A byte-order mark at the beginning of the file is dropped.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut cut = None;
        while !self.ended && cut.is_none() {
            let before = bytes.len();
            // A line that is longer than a block makes the block as long as it takes, in whole sizes: so that blocks are
            // the same whether or not reading begins at one of them.
            let more = self.size - before % self.size;
            bytes.reserve(more);
            let got = self.input.by_ref().take(more as u64).read_to_end(&mut bytes)?;
            self.ended = got < more;
            cut = last_line_end(bytes.get(before..).unwrap_or_default()).map(|at| before + at);
        }
        if !self.ended
            && let Some(cut) = cut
        {
            self.rest = bytes.split_off(cut);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let (offset, number) = (self.offset, self.number);
        self.offset += bytes.len() as u64;
        self.number += line_ends(&bytes);
        if offset == 0 && bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
            return Ok(Some(Block { bytes, offset: BOM.len() as u64, number }));
        }
        Ok(Some(Block { bytes, offset, number }))
    }
}

/// Behind the last line feed.
fn last_line_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|&b| b == b'\n').map(|at| at + 1)
}

/// How many lines end in some bytes.
pub fn line_ends(bytes: &[u8]) -> u64 {
    let few = |part: &[u8]| u64::from(part.iter().map(|&b| u8::from(b == b'\n')).sum::<u8>());
    bytes.chunks(u8::MAX.into()).map(few).sum()
}

/// How many lines a file has, the last one with its end or without.
///
/// # Errors
/// Where the file cannot be read.
pub fn count_lines(path: &Path, packing: Packing) -> io::Result<u64> {
    let mut blocks = Blocks::open(Some(path), packing, 1 << 20, 0, 1)?;
    let (mut lines, mut open) = (0, false);
    while let Some(block) = blocks.next_block()? {
        lines += line_ends(&block.bytes);
        open = !block.bytes.ends_with(b"\n");
    }
    Ok(lines + u64::from(open))
}

/// The first lines of a block, their endings included.
pub fn first_lines(bytes: &[u8], most: usize) -> Vec<&[u8]> {
    let (mut found, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() && found.len() < most {
        let (line, behind) = rest.split_at(memchr(rest).map_or(rest.len(), |at| at + 1));
        found.push(line);
        rest = behind;
    }
    found
}

/// Unpacks what is packed in a way that is seen from how it begins, which is waited for at the first read.
struct Unpacked {
    raw: Option<Counted>,
    input: Reading,
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(mut raw) = self.raw.take() {
            let mut start = Vec::new();
            raw.by_ref().take(4).read_to_end(&mut start)?;
            let packing = Packing::of(&start);
            self.input = packing.unpacked(Box::new(Cursor::new(start).chain(raw)))?;
        }
        self.input.read(buffer)
    }
}

struct Counted {
    input: Reading,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.input.read(buffer)?;
        self.read.fetch_add(got as u64, Ordering::Relaxed);
        Ok(got)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(
        bytes: &[u8],
        packing: Packing,
        size: usize,
        offset: u64,
        number: u64,
    ) -> Vec<(u64, u64, Vec<u8>)> {
        let path = std::env::temp_dir().join(format!("rollgrade-{}-{size}-{offset}", std::process::id()));
        let path = path.with_extension(format!("{packing:?}{}", bytes.len()));
        std::fs::write(&path, packing.pack(bytes).unwrap()).unwrap();
        let mut reader = Blocks::open(Some(&path), packing, size, offset, number).unwrap();
        let mut found = Vec::new();
        while let Some(block) = reader.next_block().unwrap() {
            found.push((block.offset, block.number, block.bytes));
        }
        std::fs::remove_file(path).unwrap();
        found
    }

    #[test]
    fn blocks_are_whole_lines_however_a_file_is_packed_and_from_any_of_them_on() {
        let text: Vec<u8> =
            (0..300).flat_map(|i| format!("{}\n", "x".repeat(i * 7 % 97)).into_bytes()).collect();
        let cut = &text[..text.len() - 1];
        for bytes in [&text[..], cut, b"\n", b"a", b""] {
            for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
                for size in [1, 50, 1000, 1 << 20] {
                    let found = blocks(bytes, packing, size, 0, 1);
                    assert_eq!(found.iter().flat_map(|b| b.2.clone()).collect::<Vec<_>>(), bytes);
                    for (i, (offset, number, block)) in found.iter().enumerate() {
                        assert!(block.ends_with(b"\n") || i + 1 == found.len());
                        let before = &bytes[..*offset as usize];
                        assert_eq!(*number, 1 + line_ends(before));
                    }
                    if let Some((offset, number, _)) = found.get(found.len() / 2) {
                        let again = blocks(bytes, packing, size, *offset, *number);
                        assert_eq!(again, found[found.len() / 2..]);
                    }
                }
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_dropped_and_counted() {
        assert_eq!(blocks(b"\xef\xbb\xbfa\nb", Packing::Plain, 100, 0, 1), [(3, 1, b"a\nb".to_vec())]);
    }
}
