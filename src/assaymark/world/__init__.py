"""A synthetic world of certificates with its ground truth: bodies, accreditations, certificates, defects, events.

Everything in it is signed for real and invented. `plan` decides who exists and what is wrong with whom, `making` writes
it down shard by shard, `folder` reads it again. All follows from the seed.
"""
