//! Stage 14 where the body is a form: `application/x-www-form-urlencoded` or `multipart/form-data`.
//!
//! Everything is counted on the bytes that were seen. The multipart parser is our own: those that are kept either read ahead of
//! whoever takes the data (multer 3.1: no back-pressure, and quadratic on a flood before the first boundary) or need a runtime.
//! Short files stay in memory, longer ones go to files without a name, written by one thread of the engine's own.

mod disk;
mod disposition;
mod gather;
mod media;
mod multipart;
mod parameters;
mod part;
mod spool;
mod stage;
mod urlencoded;

pub(crate) use disk::Disk;
pub(crate) use stage::enter;

use crate::{Problem, ProblemKind};

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::from(ProblemKind::MalformedForm).detail(detail)
}

fn too_large(detail: impl Into<String>) -> Problem {
    Problem::from(ProblemKind::FormTooLarge).detail(detail)
}

/// What a form may have: the plan's limits, together.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Fields and files.
    parts: u32,
    /// Files alone.
    files: u32,
    /// Bytes of one field that is no file.
    field: u64,
    /// Bytes of all fields and names together, for they stay in memory as a body does; and of the files that may stay there too.
    memory: u64,
}

impl Limits {
    fn check_parts(&self, given: usize) -> Result<(), Problem> {
        if given as u64 > u64::from(self.parts) {
            let limit = self.parts;
            return Err(too_large(format!(
                "Expected a form of at most {limit} fields and files, given more."
            )));
        }
        Ok(())
    }

    fn check_files(&self, given: usize) -> Result<(), Problem> {
        if given as u64 > u64::from(self.files) {
            let limit = self.files;
            return Err(too_large(format!(
                "Expected a form of at most {limit} files, given more."
            )));
        }
        Ok(())
    }

    fn check_field(&self, length: usize, name: &str) -> Result<(), Problem> {
        if length as u64 > self.field {
            let (limit, name) = (self.field, crate::params::quote(name));
            return Err(too_large(format!(
                "Expected a field of at most {limit} bytes, given a longer one as {name}: send it as a file."
            )));
        }
        Ok(())
    }
}
