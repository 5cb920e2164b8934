//! An operation's path as the plan spells it, taken apart.

use crate::{OperationPlan, PlanError};

/// `/items/{id}` in parts.
pub(crate) struct Template {
    /// The path with its parameters' names taken out, so that `/a/{x}` and `/a/{y}` are one.
    pub(super) shape: String,
    /// The names, from left to right.
    pub(super) names: Vec<String>,
    /// Whether the last parameter takes the rest of the path.
    pub(super) rest: bool,
}

impl Template {
    /// Takes an operation's path apart.
    pub(crate) fn of(operation: &OperationPlan) -> Result<Self, PlanError> {
        Self::parse(&operation.path).map_err(|expected| {
            operation.wrong(
                &format!("Expected {expected}, given `{}`", operation.path),
                "correct the path",
            )
        })
    }

    /// The place of a parameter among those of the path.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|other| other == name)
    }

    fn parse(path: &str) -> Result<Self, &'static str> {
        let mut template = Self {
            shape: String::with_capacity(path.len()),
            names: Vec::new(),
            rest: false,
        };
        let segments = path
            .strip_prefix('/')
            .ok_or("a path that starts with `/`")?;
        for segment in segments.split('/') {
            template.add(segment)?;
        }
        Ok(template)
    }

    fn add(&mut self, segment: &str) -> Result<(), &'static str> {
        if self.rest {
            return Err("`{*name}` at the end of the path and nowhere else");
        }
        self.shape.push('/');
        let Some((before, more)) = segment.split_once('{') else {
            return self.add_text(segment);
        };
        let (name, after) = more.split_once('}').ok_or("a `}` for each `{`")?;
        if after.contains('{') {
            return Err("at most one parameter in a segment");
        }
        let bare = name.strip_prefix('*').unwrap_or(name);
        self.rest = bare.len() < name.len();
        if self.rest && !(before.is_empty() && after.is_empty()) {
            return Err("`{*name}` as a segment of its own");
        }
        if bare.is_empty()
            || !bare
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '_')
        {
            return Err("parameter names of letters, digits and `_`");
        }
        if self.place(bare).is_some() {
            return Err("each parameter once");
        }
        self.add_text(before)?;
        self.shape.push_str(if self.rest { "{*p}" } else { "{p}" });
        self.names.push(bare.to_owned());
        self.add_text(after)
    }

    /// Fixed text, spelt as in a canonical path.
    fn add_text(&mut self, text: &str) -> Result<(), &'static str> {
        if text.contains(['{', '}']) {
            return Err("a `}` for each `{`");
        }
        self.shape.push_str(&text.replace('%', "%25"));
        Ok(())
    }
}
