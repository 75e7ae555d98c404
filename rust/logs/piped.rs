//! Standard input and pipes, as something that can be given up waiting for.

use super::read::Watch;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

const PART: usize = 1 << 17;
const AHEAD: usize = 2;
const LOOK_UP: Duration = Duration::from_millis(20);

/// Reads standard input, or what a path leads to that is no regular file. A read of a pipe cannot be called off, nor can
/// its opening, so a thread of its own is left with it: when the wait is stopped the thread stays behind, and ends with
/// the process or with the next line.
pub(super) struct Piped {
    parts: Receiver<io::Result<Vec<u8>>>,
    part: Vec<u8>,
    taken: usize,
    watch: Watch,
}

impl Piped {
    /// Opens what a path leads to, or standard input where there is none.
    pub(super) fn open(path: Option<&Path>, watch: Watch) -> io::Result<Self> {
        let (sender, parts) = sync_channel(AHEAD);
        let path = path.map(Path::to_owned);
        thread::Builder::new().name("rollgrade pipe".to_owned()).spawn(move || read(path, &sender))?;
        Ok(Self { parts, part: Vec::new(), taken: 0, watch })
    }

    /// The next part; empty at the end.
    fn next(&self) -> io::Result<Vec<u8>> {
        loop {
            match self.parts.recv_timeout(LOOK_UP) {
                Ok(part) => return part,
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) if self.watch.stopped() => {
                    return Err(io::Error::other("the wait for the next line was stopped"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Read for Piped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.part.len() {
            self.part = self.next()?;
            self.taken = 0;
        }
        let mut rest = self.part.get(self.taken..).unwrap_or_default();
        let got = rest.read(buffer)?;
        self.taken += got;
        Ok(got)
    }
}

fn read(path: Option<PathBuf>, parts: &SyncSender<io::Result<Vec<u8>>>) {
    match path.map(File::open) {
        None => send(io::stdin().lock(), parts),
        Some(Ok(file)) => send(file, parts),
        // Nobody listens only where the wait was stopped.
        Some(Err(error)) => drop(parts.send(Err(error))),
    }
}

fn send(mut input: impl Read, parts: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut part = vec![0; PART];
        let got = input.read(&mut part);
        let goes_on = matches!(got, Ok(1..));
        let part = match got {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            got => got.map(|got| {
                part.truncate(got);
                part
            }),
        };
        if parts.send(part).is_err() || !goes_on {
            return;
        }
    }
}
