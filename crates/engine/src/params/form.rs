//! After the body stage: the values that a form has.

use std::borrow::Cow;

use super::Scalar;
use super::fault::{Faults, Wrong};
use super::param::{From, Many, Param};
use super::stage::Params;
use crate::{Exchange, Form, Problem, Upload};

impl Params {
    /// Fills the values that come from the form, or lists everything that is wrong with it.
    pub(crate) fn enter_form(&self, exchange: &mut Exchange) -> Result<(), Problem> {
        let Some(form) = &exchange.form else {
            return Ok(());
        };
        let mut faults = Faults::default();
        for (param, value) in self.list.iter().zip(&mut exchange.values) {
            match param.from {
                From::Form => *value = self.field(param, form, &mut faults),
                From::File => *value = self.file(param, form, &mut faults),
                _ => (),
            }
        }
        faults.into_result()
    }

    fn field(&self, param: &Param, form: &Form, faults: &mut Faults) -> Scalar {
        let is_file = form.files.iter().any(|file| *file.name == *param.name);
        if is_file && !self.takes(&From::File, &param.name) {
            let message = format!("Expected a text for `{}`, given a file.", param.name);
            return param.fault(Wrong::new("text_expected", message), None, faults);
        }
        let named = |field: &&(String, String)| *field.0 == *param.name;
        match &param.many {
            // The last value of a name counts, as in Django.
            None => {
                let text = form.fields.iter().rfind(named);
                param.one(
                    text.map(|(_, text)| Ok(Cow::Borrowed(text.as_str()))),
                    faults,
                )
            }
            Some(many) => {
                let texts = form.fields.iter().filter(named);
                let given = form.fields.iter().any(|field| named(&field));
                let texts = given.then(|| {
                    texts
                        .map(|(_, text)| Ok(Cow::Borrowed(text.as_str())))
                        .collect()
                });
                param.list(many, texts, faults)
            }
        }
    }

    fn file(&self, param: &Param, form: &Form, faults: &mut Faults) -> Scalar {
        let is_text = form.fields.iter().any(|(name, _)| **name == *param.name);
        if is_text && !self.takes(&From::Form, &param.name) {
            let message = format!(
                "Expected a file for `{}`, given a text: send the form as `multipart/form-data`, with a file name.",
                param.name
            );
            return param.fault(Wrong::new("file_expected", message), None, faults);
        }
        let files = form.files.iter().zip(0_u32..);
        let named = files.filter(|(file, _)| *file.name == *param.name);
        match &param.many {
            None => match named.last() {
                Some((file, place)) => param.stored(file, place, None, faults),
                None => param.absent(faults),
            },
            Some(many) => param.stored_list(many, named.collect(), faults),
        }
    }

    /// Whether the operation takes this name in that way as well.
    fn takes(&self, from: &From, name: &str) -> bool {
        self.list
            .iter()
            .any(|param| param.from == *from && *param.name == *name)
    }
}

impl Param {
    fn stored(
        &self,
        file: &Upload,
        place: u32,
        index: Option<usize>,
        faults: &mut Faults,
    ) -> Scalar {
        match self.constraint.check_file(file) {
            Ok(()) => Scalar::File(place),
            Err(wrong) => self.fault(wrong, index, faults),
        }
    }

    fn stored_list(&self, many: &Many, files: Vec<(&Upload, u32)>, faults: &mut Faults) -> Scalar {
        if files.is_empty() {
            return self.absent(faults);
        }
        if let Err(wrong) = many.check(files.len()) {
            return self.fault(wrong, None, faults);
        }
        let files = files.into_iter().enumerate();
        let values =
            files.map(|(index, (file, place))| self.stored(file, place, Some(index), faults));
        Scalar::List(values.collect())
    }
}
