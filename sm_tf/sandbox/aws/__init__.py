"""The embedded AWS: a moto server with what SageMaker hosting needs on top, in a process of its own.

moto answers the AWS API. Each module here replaces the parts of one service that moto lacks or does
differently from AWS: requests that AWS refuses are refused, and resources are described as AWS describes
them, so that Terraform's second plan is empty. Only the server process imports these modules.
"""
