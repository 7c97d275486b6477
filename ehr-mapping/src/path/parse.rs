//! From text to a path.

use std::sync::Arc;

use ehr_model::source::Names;

use super::{Axis, Expression, NameTest, Predicate, SourcePath, Step};

/// What is wrong with a path, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PathMistake {
    pub(crate) at: usize,
    pub(crate) message: String,
}

/// How deep predicates may nest; a person could not read more.
const MAX_DEPTH: usize = 16;

impl SourcePath {
    /// Reads a path; its names are stored among the names of the plan.
    pub(crate) fn parse(text: &str, names: &mut Names) -> Result<Self, PathMistake> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
            names,
        };
        let path = parser.path()?;
        if parser.at < text.len() {
            return Err(parser.mistake("a path ends here"));
        }
        Ok(path)
    }
}

struct Parser<'t, 'n> {
    text: &'t str,
    at: usize,
    depth: usize,
    names: &'n mut Names,
}

impl<'t> Parser<'t, '_> {
    fn path(&mut self) -> Result<SourcePath, PathMistake> {
        let mut steps = Vec::new();
        let mut axis = if self.take("//") {
            Axis::Descendant
        } else {
            if self.take("/") {
                steps.push(Step {
                    axis: Axis::Root,
                    test: NameTest::Any,
                    predicates: Vec::new(),
                });
            }
            Axis::Child
        };
        loop {
            steps.push(self.step(axis)?);
            axis = if self.take("//") {
                Axis::Descendant
            } else if self.take("/") {
                Axis::Child
            } else {
                break;
            };
        }
        let demands = steps.iter().any(|step| {
            step.predicates.iter().any(|predicate| match predicate {
                Predicate::Place(_) => false,
                Predicate::Holds(expression) => expression.demands(),
            })
        });
        let needs = steps.iter().filter_map(|step| match step.test {
            NameTest::Name(name) => Some(name),
            _ => None,
        });
        let needs = needs.collect();
        Ok(SourcePath {
            steps,
            demands,
            needs,
        })
    }

    fn step(&mut self, axis: Axis) -> Result<Step, PathMistake> {
        let (axis, test) = if axis == Axis::Child && self.take("..") {
            (Axis::Parent, NameTest::Any)
        } else if self.take("*") {
            (axis, NameTest::Any)
        } else if axis == Axis::Child && self.take(".") {
            (Axis::Itself, NameTest::Any)
        } else {
            let name = self.name()?;
            if self.take("[x]") {
                return self.predicates(axis, NameTest::Choice(name.into()));
            }
            let id = self.names.intern(name);
            // readers of HL7 v2 and X12 number the parts of a value
            let test = if self.take("|") {
                let mut any = vec![id];
                loop {
                    let name = self.name()?;
                    any.push(self.names.intern(name));
                    if !self.take("|") {
                        break;
                    }
                }
                NameTest::OneOf(any.into())
            } else if name == "1" {
                NameTest::FirstPart(id)
            } else {
                NameTest::Name(id)
            };
            (axis, test)
        };
        self.predicates(axis, test)
    }

    fn predicates(&mut self, axis: Axis, test: NameTest) -> Result<Step, PathMistake> {
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.predicate()?);
            self.spaces();
            if !self.take("]") {
                return Err(self.mistake("`]` is missing"));
            }
        }
        Ok(Step {
            axis,
            test,
            predicates,
        })
    }

    fn name(&mut self) -> Result<&'t str, PathMistake> {
        let rest = &self.text[self.at..];
        // a namespace that has no prefix stands before its name in braces
        let mut inside = false;
        let length = rest
            .find(|c: char| {
                inside = (inside || c == '{') && c != '}';
                !(inside || c.is_alphanumeric() || "@#-_:.{}".contains(c))
            })
            .unwrap_or(rest.len());
        if length == 0 {
            return Err(self.mistake("a name is missing"));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    fn predicate(&mut self) -> Result<Predicate, PathMistake> {
        self.spaces();
        let rest = &self.text[self.at..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && rest[digits..].trim_start().starts_with(']') {
            let place = rest[..digits].parse().ok().filter(|place| *place > 0);
            let place = place.ok_or_else(|| self.mistake("places are counted from 1"))?;
            self.at += digits;
            return Ok(Predicate::Place(place));
        }
        self.expression().map(Predicate::Holds)
    }

    fn expression(&mut self) -> Result<Expression, PathMistake> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.mistake("predicates nest too deep"));
        }
        let mut any = vec![self.conjunction()?];
        while self.word("or") {
            any.push(self.conjunction()?);
        }
        self.depth -= 1;
        Ok(single(any, Expression::Or))
    }

    fn conjunction(&mut self) -> Result<Expression, PathMistake> {
        let mut all = vec![self.term()?];
        while self.word("and") {
            all.push(self.term()?);
        }
        Ok(single(all, Expression::And))
    }

    fn term(&mut self) -> Result<Expression, PathMistake> {
        self.spaces();
        if self.take("not(") {
            let inner = self.expression()?;
            self.close()?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        if self.take("(") {
            let inner = self.expression()?;
            self.close()?;
            return Ok(inner);
        }
        if self.take("is(") {
            let name = self.name()?;
            let test = super::NODE_TESTS.iter().find(|(known, _)| *known == name);
            let (_, test) = test.ok_or_else(|| self.mistake("there is no test of this name"))?;
            self.close()?;
            return Ok(Expression::Is(*test));
        }
        let path = self.path()?;
        let end = self.at;
        self.spaces();
        if self.take("!=") {
            Ok(Expression::Differs(path, self.literals()?))
        } else if self.take("^=") {
            Ok(Expression::Begins(path, self.literal()?))
        } else if self.take("=") {
            Ok(Expression::Equals(path, self.literals()?))
        } else {
            self.at = end; // the spaces belong to the word that follows
            Ok(Expression::Exists(path))
        }
    }

    fn literals(&mut self) -> Result<Vec<Arc<str>>, PathMistake> {
        self.spaces();
        if !self.take("(") {
            return Ok(vec![self.literal()?]);
        }
        let mut all = vec![self.literal()?];
        self.spaces();
        while self.take(",") {
            all.push(self.literal()?);
            self.spaces();
        }
        self.close()?;
        Ok(all)
    }

    fn literal(&mut self) -> Result<Arc<str>, PathMistake> {
        self.spaces();
        if !self.take("'") {
            return Err(self.mistake("a text in single quotes is missing"));
        }
        let rest = &self.text[self.at..];
        let end = rest
            .find('\'')
            .ok_or_else(|| self.mistake("the quote does not end"))?;
        self.at += end + 1;
        Ok(rest[..end].into())
    }

    fn close(&mut self) -> Result<(), PathMistake> {
        self.spaces();
        if self.take(")") {
            Ok(())
        } else {
            Err(self.mistake("`)` is missing"))
        }
    }

    fn word(&mut self, word: &str) -> bool {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        let apart =
            trimmed.len() < rest.len() || self.text[..self.at].ends_with(char::is_whitespace);
        let found = apart
            && trimmed
                .strip_prefix(word)
                .is_some_and(|after| after.starts_with(' '));
        if found {
            self.at += rest.len() - trimmed.len() + word.len();
        }
        found
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn mistake(&self, message: &str) -> PathMistake {
        PathMistake {
            at: self.at,
            message: message.to_owned(),
        }
    }
}

impl Expression {
    /// Whether it demands a value.
    fn demands(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(Self::demands),
            Self::Equals(..) => true,
            Self::Not(_) | Self::Exists(_) | Self::Differs(..) | Self::Begins(..) | Self::Is(_) => {
                false
            }
        }
    }
}

fn single(mut list: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    if list.len() == 1 {
        list.swap_remove(0)
    } else {
        many(list)
    }
}
