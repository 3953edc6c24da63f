"""The demo world: invented organisations that live for two years, through the actions that people use.

Rules that hold here
* Nothing is written past the actions: what a rule refuses cannot be in the demo either.
* Time is an argument. Stories are generators that yield the moment of their next act; `timeline` lets them act in the
  order of time, so that numbers and journals come out as they would have.
* All of it or nothing: one transaction.
"""
