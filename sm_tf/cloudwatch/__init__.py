"""CloudWatch: metrics, metric math, alarms, dashboards. It knows nothing of SageMaker."""
