"""Pure decisions about tasks and time: no I/O, no clock, no framework. The time is always passed in."""
