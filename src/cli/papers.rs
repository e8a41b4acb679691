//! `coalmine completions` and `coalmine man`: made from the commands themselves.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::console::Console;
use super::exit::{Exit, Failure};

/// Flags of `coalmine completions`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Of which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn completions(args: &Args, console: &mut Console) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "coalmine", &mut script);
    console.print(&script)?;
    Ok(Exit::Good)
}

/// One page: the program, then every command.
pub(super) fn man(console: &mut Console) -> Result<Exit, Failure> {
    let mut page = Vec::new();
    let mut command = Cli::command();
    command.build();
    let written = clap_mangen::Man::new(command.clone()).render(&mut page).and_then(|()| {
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let man = clap_mangen::Man::new(sub.clone());
            man.render_synopsis_section(&mut page)?;
            man.render_description_section(&mut page)?;
            man.render_options_section(&mut page)?;
        }
        Ok(())
    });
    written.map_err(|error| Failure::Io("the page cannot be made".to_owned(), error))?;
    console.print(&page)?;
    Ok(Exit::Good)
}
