"""The largest body of one invocation, and the longest time for the response.

Sources, read in November 2026:
https://docs.aws.amazon.com/sagemaker/latest/dg/deploy-model-options.html (25 MB on instances),
https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-invoke.html (4 MB),
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html (60 seconds; clients
wait 70).
"""

MEGABYTE = 1024 * 1024
INSTANCE_PAYLOAD_BYTES = 25 * MEGABYTE
SERVERLESS_PAYLOAD_BYTES = 4 * MEGABYTE
CLIENT_TIMEOUT_SECONDS = 70
