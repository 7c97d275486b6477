//! The operations that change a disk, in one place: under test each of them can be made to fail, as on a disk that is full
//! or broken.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Deref;
use std::path::Path;

/// A file of the archive that is written to.
pub(crate) struct DiskFile(File);

impl DiskFile {
    pub(super) fn open(options: &OpenOptions, path: &Path) -> io::Result<Self> {
        fail::point()?;
        options.open(path).map(DiskFile)
    }

    /// Whether this is the file at a path: not moved away, not replaced. Systems without numbers of files are asked for its
    /// length only.
    pub(crate) fn is_at(&self, path: &Path) -> io::Result<bool> {
        let (there, here) = (fs::metadata(path)?, self.0.metadata()?);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Ok((there.dev(), there.ino()) == (here.dev(), here.ino()))
        }
        #[cfg(not(unix))]
        Ok(there.len() == here.len())
    }

    pub(crate) fn sync_data(&self) -> io::Result<()> {
        fail::point()?;
        if cfg!(test) {
            return Ok(()); // no unit test takes the power away, and thousands of them wait for this
        }
        self.0.sync_data()
    }

    pub(crate) fn sync_all(&self) -> io::Result<()> {
        fail::point()?;
        if cfg!(test) {
            return Ok(()); // no unit test takes the power away, and thousands of them wait for this
        }
        self.0.sync_all()
    }

    pub(crate) fn set_len(&self, len: u64) -> io::Result<()> {
        fail::point()?;
        self.0.set_len(len)
    }
}

/// For locks, lengths and copies of the handle; whatever changes the disk is above.
impl Deref for DiskFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

impl Read for DiskFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Read for &DiskFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&self.0).read(buffer)
    }
}

impl Write for DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Write for &DiskFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = fail::point() {
            // What a failed write leaves behind is anybody's guess: here, half of it.
            let _ = (&self.0).write(&bytes[..bytes.len() / 2]);
            return Err(error);
        }
        (&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.0).flush()
    }
}

impl Seek for DiskFile {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.0.seek(place)
    }
}

impl Seek for &DiskFile {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        (&self.0).seek(place)
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    fail::point()?;
    fs::rename(from, to)
}

pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    fail::point()?;
    fs::remove_file(path)
}

pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    fail::point()?;
    fs::remove_dir_all(path)
}

pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    fail::point()?;
    if cfg!(test) {
        return Ok(());
    }
    File::open(path)?.sync_all()
}

/// What failed here is tried again later and nothing is lost by it. Under test that is told from a failure that nobody noticed.
pub(crate) fn try_again_later<T, E>(done: Result<T, E>) {
    if done.is_err() {
        fail::forgive();
    }
}

#[cfg(not(test))]
mod fail {
    #[inline(always)]
    pub(super) fn forgive() {}

    #[inline(always)]
    pub(super) fn point() -> std::io::Result<()> {
        Ok(())
    }
}

/// Makes operations of the running test fail.
#[cfg(test)]
pub(crate) mod fail {
    use std::cell::Cell;
    use std::io::{Error, ErrorKind, Result};

    /// How a disk fails.
    #[derive(Clone, Copy)]
    pub(crate) struct Fault {
        pub(crate) kind: ErrorKind,
        /// One operation only, or all from there on.
        once: bool,
    }

    /// A disk that is full, and one with a bad place.
    pub(crate) const FAULTS: [Fault; 2] = [
        Fault {
            kind: ErrorKind::StorageFull,
            once: false,
        },
        Fault {
            kind: ErrorKind::Other,
            once: true,
        },
    ];

    thread_local! {
        static FAULT: Cell<Option<(u64, Fault)>> = const { Cell::new(None) };
        static FAILED: Cell<bool> = const { Cell::new(false) };
        static FORGIVEN: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets an operation fail, counted from zero.
    pub(crate) fn at(operation: u64, fault: Fault) {
        FAILED.set(false);
        FORGIVEN.set(false);
        FAULT.set(Some((operation, fault)));
    }

    pub(super) fn forgive() {
        FORGIVEN.set(true);
    }

    /// Whether what failed is done later, so that nobody has to be told.
    pub(crate) fn is_forgiven() -> bool {
        FORGIVEN.get()
    }

    /// The disk is well again. Tells whether an operation has failed.
    pub(crate) fn never() -> bool {
        FAULT.set(None);
        FAILED.get()
    }

    pub(super) fn point() -> Result<()> {
        match FAULT.get() {
            None => Ok(()),
            Some((0, fault)) => {
                FAILED.set(true);
                if fault.once {
                    FAULT.set(None);
                }
                Err(Error::from(fault.kind))
            }
            Some((left, fault)) => {
                FAULT.set(Some((left - 1, fault)));
                Ok(())
            }
        }
    }
}
