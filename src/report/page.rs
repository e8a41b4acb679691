//! Lines of text with weights and colours, for a terminal or without them.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use crate::document::Look;

/// The widest line.
pub const WIDTH: usize = 100;

/// How a piece of text is set. Colour never says anything that the text does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// As it is.
    Plain,
    /// A title.
    Strong,
    /// Beside the point.
    Faint,
    /// All is well.
    Good,
    /// Something is wrong.
    Bad,
    /// Take care.
    Care,
}

impl Ink {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Care => colour(AnsiColor::Yellow),
        }
    }
}

/// A text that grows line by line.
#[derive(Clone, Debug)]
pub struct Page {
    text: String,
    look: Look,
    column: usize,
}

impl Page {
    /// An empty page.
    pub const fn new(look: Look) -> Self {
        Self { text: String::new(), look, column: 0 }
    }

    /// Adds a piece to the line.
    pub fn put(&mut self, ink: Ink, text: &str) -> &mut Self {
        if self.look == Look::Coloured && ink != Ink::Plain && !text.is_empty() {
            let style = ink.style();
            // Writing to a text cannot fail.
            let _ = write!(self.text, "{style}{text}{style:#}");
        } else {
            self.text.push_str(text);
        }
        self.column += text.chars().count();
        self
    }

    /// Adds white space up to a column, at least `least` of it unless the line is empty.
    pub fn to(&mut self, column: usize, least: usize) -> &mut Self {
        let least = if self.column == 0 { 0 } else { least };
        let spaces = column.saturating_sub(self.column).max(least);
        self.text.extend(std::iter::repeat_n(' ', spaces));
        self.column += spaces;
        self
    }

    /// Ends the line.
    pub fn end(&mut self) -> &mut Self {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
        self.column = 0;
        self
    }

    /// Adds a paragraph, wrapped at words, every line from a column on.
    pub fn paragraph(&mut self, ink: Ink, text: &str, indent: usize) -> &mut Self {
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let long = indent + line.chars().count() + 1 + word.chars().count() > WIDTH;
            if long && !line.is_empty() {
                self.to(indent, 0).put(ink, &line).end();
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.to(indent, 0).put(ink, &line).end()
    }

    /// The column of the next piece, counted from zero.
    pub const fn column(&self) -> usize {
        self.column
    }

    /// The whole text.
    pub fn into_text(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_wrap_at_words() {
        let mut page = Page::new(Look::Plain);
        page.paragraph(Ink::Strong, &"word ".repeat(30), 4);
        let text = page.into_text();
        assert!(text.lines().all(|line| line.starts_with("    word") && line.len() <= WIDTH));
        assert_eq!(text.lines().count(), 2);
    }

    #[test]
    fn colour_is_only_for_terminals() {
        let page = |look| {
            let mut page = Page::new(look);
            page.put(Ink::Bad, "no").to(5, 1).put(Ink::Plain, "x").end();
            page.into_text()
        };
        assert_eq!(page(Look::Plain), "no   x\n");
        assert!(page(Look::Coloured).contains("\u{1b}["));
    }
}
