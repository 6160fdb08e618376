"""An entry for the terminal: readable without a page, quiet when piped, plain with NO_COLOR."""

from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape

from app.answers.entries import EntryAnswer, RateAnswer, RemedyAnswer
from app.answers.matches import MatchAnswer, MatchedEntry
from app.answers.reproduction import Mark, ReproductionAnswer, rows
from app.config import terminal_width
from app.rates import hundredths


def print_entry(answer: EntryAnswer) -> None:
    """Print what happened, which causes there are, what works and what does not."""
    console = Console(width=terminal_width(), highlight=False)
    console.print(f"[bold]{escape(answer.message)}[/]")
    console.print(f"{answer.id} · {escape(answer.title)}\n", style="dim")
    console.print(Markdown(answer.sections["summary"].text))
    _heading(console, "Causes")
    for cause in answer.causes:
        console.print(f"\n[bold]{escape(cause.title)}[/] [dim]{cause.id}[/]")
        console.print(Markdown(cause.text))
    _heading(console, "Workarounds")
    for workaround in answer.workarounds:
        _print_remedy(console, workaround)
    _heading(console, "Dead ends")
    for dead_end in answer.dead_ends:
        _print_remedy(console, dead_end)
    _heading(console, "Verify")
    console.print(Markdown(answer.sections["verify"].text))
    if answer.reproduction:
        _print_reproduction(console, answer, answer.reproduction)


def _heading(console: Console, title: str) -> None:
    console.print(f"\n[bold underline]{title}[/]")


def _print_remedy(console: Console, remedy: RemedyAnswer) -> None:
    console.print(
        f"\n[bold]{escape(remedy.title)}[/] [dim]{remedy.id} · {rate_in_words(remedy.rate)}[/]"
    )
    if remedy.risk and remedy.risk != "safe":
        console.print(f"[bold]{remedy.risk}:[/] {escape(remedy.risk_reason or '')}")
    if remedy.harm:
        in_vain = remedy.rate.trials and not remedy.rate.worked
        label = "What it breaks" if in_vain else "Ends the message, at a price"
        console.print(f"[bold]{label}:[/] {escape(remedy.harm)}")
    if remedy.condition:
        console.print(escape(remedy.condition))
    console.print(Markdown(remedy.text))


_MARKS: Final[Mapping[Mark, str]] = {
    "worked": "✓",
    "at-a-price": "!",
    "depends-on-version": "~",
    "same-message": "✗",
    "other-error": "✗",
    "check-failed": "✗",
    "not-meant": "·",
    "not-tried": "○",
}


def _print_reproduction(
    console: Console, answer: EntryAnswer, reproduction: ReproductionAnswer
) -> None:
    """Print the scenarios, and a line of marks for each remedy, one mark for each scenario."""
    _heading(console, "What was tried")
    console.print(f"\n{reproduction.date}; wayout reproduce {answer.id} does it again", style="dim")
    for scenario in reproduction.scenarios:
        console.print(f"{scenario.number:3}  {escape(scenario.title)}")
    console.print()
    remedies = {one.id: one for one in (*answer.workarounds, *answer.dead_ends)}
    for row in rows(reproduction, remedies.values()):
        title = escape(remedies[row.remedy].title)
        if row.skipped:
            console.print(f"{title}: not tried, {escape(row.skipped.why)}", style="dim")
        else:
            console.print(f"{' '.join(_MARKS[cell.mark] for cell in row.cells)}  {title}")
    console.print(
        "✓ worked  ! ended the message, at a price  ~ depends on the version", style="dim"
    )
    console.print("✗ failed  · not meant for this case  ○ not tried", style="dim")


def rate_in_words(rate: RateAnswer) -> str:
    """What is known of a rate: never a bare percentage."""
    if rate.trials:
        interval = f"90 % interval {hundredths(rate.low)}% to {hundredths(rate.high)}%"
        return f"worked in {rate.worked} of {rate.trials}, {interval}"
    if rate.estimate is None:
        return "no trials yet"
    return f"no trials yet: the author expects about {hundredths(rate.estimate)}%"


def print_matches(answer: MatchAnswer) -> None:
    """Print what is known about a log: the evidence, the cause, what to do first, what not to."""
    console = Console(width=terminal_width(), highlight=False)
    for found in answer.matches:
        _print_match(console, found)
    if answer.matches:
        return
    console.print("[bold]No entry known.[/] Nothing in this text is an error that Wayout knows.")
    if answer.error_line:
        console.print(f"\nThe line that says most is line {answer.error_line.line}:")
        console.print(f"    {escape(answer.error_line.text)}", soft_wrap=True)
    if answer.guesses:
        console.print("\nNearest by words, which is only a guess:")
        for guess in answer.guesses:
            console.print(f"    {guess.id}  {escape(guess.title)}")


def _print_match(console: Console, found: MatchedEntry) -> None:
    place = found.evidence[0]
    console.print(f"[bold]{escape(found.title)}[/]")
    follows = f" · follows from {found.follows}" if found.follows else ""
    symptom = " · a symptom" if found.role == "symptom" else ""
    sure = f"{hundredths(found.confidence)}% sure"
    console.print(f"{found.id} · {sure}{symptom}{follows}", style="dim")
    for line in place.text.splitlines()[:6]:
        console.print(f"  {place.line}: {escape(line.strip())}", soft_wrap=True)
    if found.cause:
        console.print(f"\nCause: [bold]{escape(found.cause.title)}[/]")
        for evidence in found.cause.decided_by[:1]:
            text = " ".join(evidence.text.split())
            console.print(f"  decided by line {evidence.line}: {escape(text)}", soft_wrap=True)
    elif not found.follows:
        console.print("\nThe text cannot tell which of its causes it is.")
    if not found.follows:
        for workaround in found.workarounds[:1]:
            console.print(f"\nDo this first: [bold]{escape(workaround.title)}[/]")
            if not found.cause and workaround.when:
                console.print(f"  if the cause is: {', '.join(workaround.when)}")
            console.print(f"  {rate_in_words(workaround.rate)}", style="dim")
            for command in workaround.commands:
                for line in command.text.splitlines():
                    console.print(f"    {escape(line)}", soft_wrap=True)
        for dead_end in found.dead_ends[:2]:
            console.print(f"\nDo not: {escape(dead_end.title)}")
    console.print(f"\nAll of it: wayout show {found.id}\n")
