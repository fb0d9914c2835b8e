"""Processes that a measurement starts beside a folder of its own; all of them and the folder end with the block."""

import os
import shutil
import signal
import subprocess
import tempfile
import time

START_LIMIT_SECONDS = 90


def start(command):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Processes:
    # Not beneath /tmp: where that is mounted without devices, no folder in it can be a program's root.
    parent = "/var/tmp"

    def __enter__(self):
        self.processes = []
        self.folder = tempfile.mkdtemp(prefix="preflight-bench-", dir=self.parent)
        try:
            self.prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self):
        """What is there when the block begins."""

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def start(self, command):
        self.processes.append(start(command))
        return self.processes[-1]

    def wait_until(self, holds, what):
        limit = time.monotonic() + START_LIMIT_SECONDS
        while not holds():
            ended = [process.args[:2] for process in self.processes if process.poll() is not None]
            if ended or time.monotonic() > limit:
                raise RuntimeError(f"not seen: {what}" + (f"; ended: {ended[0]}" if ended else ""))
            time.sleep(0.1)
