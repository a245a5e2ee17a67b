"""The embedded AWS: a moto server with what SageMaker hosting needs on top, in a process of its own.

moto answers the AWS API; the modules here replace what it lacks or does otherwise than AWS, each for one
service: what AWS refuses is refused, and what was created is described as AWS describes it, so that
Terraform finds nothing to change the second time. Only the server process imports these modules.
"""
