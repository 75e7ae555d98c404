//! Standard input, as something that can be given up waiting for.

use super::read::Watch;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

const PART: usize = 1 << 17;
const AHEAD: usize = 2;
const LOOK_UP: Duration = Duration::from_millis(20);

/// Reads standard input. A read of a pipe cannot be called off, so a thread of its own is left with it: when the wait
/// is stopped the thread stays behind, and ends with the process or with the next line.
pub(super) struct Stdin {
    parts: Receiver<io::Result<Vec<u8>>>,
    part: Vec<u8>,
    taken: usize,
    watch: Watch,
}

impl Stdin {
    pub(super) fn open(watch: Watch) -> io::Result<Self> {
        let (sender, parts) = sync_channel(AHEAD);
        thread::Builder::new().name("rollgrade stdin".to_owned()).spawn(move || send(&sender))?;
        Ok(Self { parts, part: Vec::new(), taken: 0, watch })
    }

    /// The next part; empty at the end.
    fn next(&self) -> io::Result<Vec<u8>> {
        loop {
            match self.parts.recv_timeout(LOOK_UP) {
                Ok(part) => return part,
                Err(RecvTimeoutError::Disconnected) => return Ok(Vec::new()),
                Err(RecvTimeoutError::Timeout) if self.watch.stopped() => {
                    return Err(io::Error::other("the wait for standard input was stopped"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Read for Stdin {
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

fn send(parts: &SyncSender<io::Result<Vec<u8>>>) {
    let mut input = io::stdin().lock();
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
