//! A multipart body becomes a form.

use bytes::Bytes;

use super::disk::Disk;
use super::multipart::{Event, Parser};
use super::part::PartHead;
use super::spool::Spool;
use super::{Limits, malformed, too_large};
use crate::incoming::{BodyError, Incoming};
use crate::{Form, Problem, Upload};

/// Reads the whole body; `None` where it has no bytes.
pub(super) async fn read<B>(
    mut body: Incoming<B>,
    boundary: &str,
    limits: Limits,
    disk: &Disk,
) -> Result<Option<Form>, Problem>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let mut parser = Parser::new(boundary);
    let mut gather = Gather {
        form: Form::default(),
        open: None,
        limits,
        parts: 0,
        fields: 0,
        files: 0,
        disk,
    };
    while let Some(chunk) = body.next().await? {
        parser.push(chunk);
        while let Some(event) = parser.next()? {
            gather.take(event).await?;
        }
    }
    if body.length() == 0 {
        return Ok(None);
    }
    parser.finish().map(|()| Some(gather.form))
}

/// The form as far as it has been read.
struct Gather<'a> {
    form: Form,
    open: Option<Open<'a>>,
    limits: Limits,
    /// Parts that have begun.
    parts: usize,
    /// Bytes of fields and of all names.
    fields: u64,
    /// Bytes of files that stay in memory.
    files: u64,
    disk: &'a Disk,
}

/// The part that is being read.
enum Open<'a> {
    Field(String, Vec<u8>),
    File(PartHead, Spool<'a>),
}

impl<'a> Gather<'a> {
    async fn take(&mut self, event: Event) -> Result<(), Problem> {
        match event {
            Event::Part(head) => self.begin(head),
            Event::Data(data) => self.add(data).await,
            Event::End => self.end().await,
        }
    }

    fn begin(&mut self, head: PartHead) -> Result<(), Problem> {
        self.parts += 1;
        self.limits.check_parts(self.parts)?;
        let named = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.keep(head.name.len() + named(&head.filename) + named(&head.content_type))?;
        let room = self.limits.memory.saturating_sub(self.files);
        self.open = Some(match head.filename {
            None => Open::Field(head.name, Vec::new()),
            Some(_) => Open::File(head, Spool::new(self.disk, room)),
        });
        Ok(())
    }

    async fn add(&mut self, data: Bytes) -> Result<(), Problem> {
        match &mut self.open {
            Some(Open::Field(name, text)) => {
                self.limits.check_field(text.len() + data.len(), name)?;
                text.extend_from_slice(&data);
                self.keep(data.len())
            }
            Some(Open::File(_, spool)) => spool.push(data).await,
            None => Ok(()),
        }
    }

    async fn end(&mut self) -> Result<(), Problem> {
        match self.open.take() {
            Some(Open::Field(name, text)) => {
                let Ok(text) = String::from_utf8(text) else {
                    return Err(malformed(format!(
                        "Expected the field {} in UTF-8, given other bytes.",
                        crate::params::quote(&name)
                    )));
                };
                self.form.fields.push((name, text));
            }
            Some(Open::File(head, spool)) => {
                let size = spool.size();
                let filename = head.filename.unwrap_or_default();
                // A browser sends a file input that nobody filled in as a file without a name and without bytes.
                if size > 0 || !filename.is_empty() {
                    self.limits.check_files(self.form.files.len() + 1)?;
                    self.files += spool.in_memory();
                    self.form.files.push(Upload {
                        name: head.name,
                        filename,
                        content_type: head.content_type,
                        size,
                        content: spool.finish().await?,
                    });
                }
            }
            None => (),
        }
        Ok(())
    }

    /// Counts what has to stay in memory.
    fn keep(&mut self, bytes: usize) -> Result<(), Problem> {
        self.fields = self.fields.saturating_add(bytes as u64);
        if self.fields > self.limits.memory {
            let limit = self.limits.memory;
            return Err(too_large(format!(
                "Expected the fields of a form to have at most {limit} bytes together, given more: send long ones as files."
            )));
        }
        Ok(())
    }
}
