"""Rescoring: inputs through the grader into outputs, with nothing lost.

Every record of the inputs is either in the output, in order and with its grade, or in the rejects file with
its place and the reason. Memory is bounded by a block, whatever the size of a file. Here are the jobs, one after the
other, and the places that a run that is cut short goes on from (``resume``); ``lines`` and ``rows`` grade an input.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial as bound
from pathlib import Path
from typing import BinaryIO

from rollgrade import _core
from rollgrade.logs.blocks import check_forms
from rollgrade.logs.course import Course
from rollgrade.logs.errors import reading
from rollgrade.logs.files import STDOUT, Job, Kind, pending, rejects_path, writes_through
from rollgrade.logs.grading import Grader
from rollgrade.logs.lines import grade_lines
from rollgrade.logs.native import Style
from rollgrade.logs.options import Options, RunWatcher
from rollgrade.logs.resume import Partial, Position, Snapshot, State, name_output
from rollgrade.logs.rows import grade_rows
from rollgrade.logs.side import Side
from rollgrade.logs.sinks import PartialRejects, Rejects, Sink, TakesRejects
from rollgrade.logs.summary import Summary

__all__ = ["Options", "Style", "rescore"]


def rescore(jobs: Sequence[Job], grader: Grader, options: Options, watcher: RunWatcher) -> Summary:
    """Grades the inputs of every job into its output. Raises ``LogError`` where a file cannot be read or
    written; the outputs that were not whole by then do not appear, and the same call goes on with them."""
    with contextlib.ExitStack() as stack:
        state = None
        if not writes_through(jobs[0].output):
            of = {
                "rubric": grader.stamp,
                "version": _core.__version__,
                "options": options.digest(),
                "outputs": _outputs(jobs),
            }
            state = stack.enter_context(contextlib.closing(State(jobs, of)))
        check_forms(jobs, options)
        side, grading = stack.enter_context(Side()), stack.enter_context(Side())
        return _Run(jobs, state, Course(grader, options, watcher, side, grading)).all()


def _outputs(jobs: Sequence[Job]) -> str:
    said = [[str(job.output), job.kind.value, len(job.inputs)] for job in jobs]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class _Run:
    """The jobs of a rescore, one after the other."""

    def __init__(self, jobs: Sequence[Job], state: State | None, course: Course) -> None:
        self._jobs = jobs
        self._state = state
        self._course = course
        self._watcher = course.watcher
        self._safe: Snapshot | None = None
        self._inside = False  # the manifest leads into the job that is being done
        self._saved = time.monotonic()

    def all(self) -> Summary:
        """Every job, from where an earlier run of the same got to."""
        state, course = self._state, self._course
        if state is None:
            self._through()
        else:
            resumed = self._resume(state)
            while course.at.job < len(self._jobs):
                self._job(self._jobs[course.at.job], resumed, state)
                resumed = None
            state.remove()
        course.summary.basis = course.grader.basis
        return course.summary

    def _through(self) -> None:
        """The one job whose output is standard output or a device: nothing of it can be taken back, so it is not
        resumed."""
        (job,) = self._jobs
        with contextlib.ExitStack() as stack:
            rejects = Rejects(rejects_path(job.output), stack, self._watcher)
            is_stdout = job.output == STDOUT
            file = sys.stdout.buffer if is_stdout else stack.enter_context(pending(job.output))
            try:
                self._inputs(job, self._sink(lambda: file, job), rejects, None)
                file.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                raise reading(Path("standard output") if is_stdout else job.output, error) from None
        rejects.finish()

    def _begin(self) -> None:
        """Before the first output is opened. A run that is refused has not come here."""
        if self._state is not None and (anew := self._state.begin()) is not None:
            self._watcher.note(anew)

    def _resume(self, state: State) -> Position | None:
        if state.resumed is None:
            return None
        course = self._course
        course.at, course.summary = state.resumed
        course.grader.basis = course.at.basis
        for job in self._jobs[: course.at.job]:
            self._watcher.progress(sum(item.size for item in job.inputs), 0)
        self._watcher.note(
            f"goes on where an earlier run of the same was cut short: {course.summary.read:,} records in"
        )
        if course.at.sealed:
            self._inside = True
            self._name(self._jobs[course.at.job].output)
            return None
        return course.at

    def _job(self, job: Job, resumed: Position | None, state: State) -> None:
        """Grades the inputs of one job."""
        course = self._course
        self._inside = resumed is not None
        if resumed is None:
            course.at = Position(job=course.at.job, lines=course.at.lines)
            self._safe = course.snapshot() if course.at.job else None
        partial = Partial(job.output, resumed, self._begin)
        sink = self._sink(partial.open, job)
        try:
            self._inputs(job, sink, PartialRejects(partial, self._watcher), partial)
            sink.close()
            self._end(partial)
        except OSError as error:  # of the output: what is wrong with an input has been said by then
            raise reading(job.output, error) from None
        except KeyboardInterrupt:
            self._interrupted(partial, state)
            raise
        finally:
            sink.drop()
            partial.close()
            if not state.written:
                partial.remove()

    def _sink(self, opened: Callable[[], BinaryIO], job: Job) -> Sink:
        course = self._course
        return Sink(opened, job, course.options.style, course.grader.rules, course.side)

    def _inputs(self, job: Job, sink: Sink, rejects: TakesRejects, partial: Partial | None) -> None:
        course = self._course
        start = course.at.input
        for item in job.inputs[:start]:
            self._watcher.progress(item.size, 0)
        for index in range(start, len(job.inputs)):
            if not course.goes_on:
                return
            item = job.inputs[index]
            if item.kind is Kind.PARQUET:
                grade_rows(course, item, sink, rejects)
            else:
                resumable = partial if job.kind is Kind.JSONL else None
                grade_lines(course, item, sink, rejects, bound(self._block_done, resumable))
            course.at.input, course.at.offset, course.at.number = index + 1, 0, 1

    # ---- places to go on from ------------------------------------------------------------------------------

    def _block_done(self, partial: Partial | None) -> None:
        """Takes the place behind a block as one to go on from, where the output can be cut off there."""
        if partial is None:
            return
        course = self._course
        course.at.written, course.at.rejects = partial.tell()
        self._safe = course.snapshot()
        if self._is_due():
            course.at.written, course.at.rejects = partial.sync()
            self._inside = True
            self._save()

    def _is_due(self) -> bool:
        return time.monotonic() - self._saved >= self._course.options.checkpoint_seconds

    def _save(self) -> None:
        if self._state is not None:
            self._state.save(self._course.snapshot())
            self._saved = time.monotonic()

    def _interrupted(self, partial: Partial, state: State) -> None:
        """Leaves what there is so that it can be gone on with. The last block may be half written: what counts is
        the place before it."""
        if not state.repeatable:
            if state.written:
                state.remove()
            self._watcher.note(
                "standard input and pipes cannot be read again, so nothing of them is kept: to be able to go on, grade a file"
            )
            return
        with contextlib.suppress(ValueError, OSError):
            if self._safe is not None:
                partial.sync()
                state.save(self._safe)
        if state.written:
            self._watcher.note("what is done is kept: the same command goes on from there")

    def _end(self, partial: Partial) -> None:
        """Gives the output its name. Where the manifest leads into this job it is told, before and after; where it
        leads to an earlier one's beginning, that stays right, and is seldom told anew: there may be many small files."""
        at = self._course.at
        at.written, at.rejects = partial.sync()
        if self._inside:
            at.sealed = True
            self._save()
        partial.close()
        self._name(partial.output)

    def _name(self, output: Path) -> None:
        course = self._course
        name_output(output, rejected=course.at.rejects is not None)
        course.at = Position(job=course.at.job + 1, lines=course.at.lines)
        self._safe = None
        if course.at.job < len(self._jobs) and (self._is_due() or self._inside):
            self._save()
