"""The rules, pure: standard library only, no clock, no randomness, no input or output at call time.

`procedure` reads the procedure as data; `planning` says which tasks apply to a person. `folding` turns journal rows
into a `course`, the state of a case at any moment; `waiting`, `gate` and `moves` say what it waits for, whether the
person may go, and what is due next. `tasks` and `cases` are the tables of states; `calendar`, `deadlines` and `digest`
reckon time in an office's own zone; `roles` says who may do what.
"""
