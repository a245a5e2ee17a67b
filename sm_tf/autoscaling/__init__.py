"""Application Auto Scaling of variants: targets, and the policies and schedules that move them."""
