"""What a deal's terms come to day by day: schedules, changes, what is overdue (docs/algorithms/schedule.md)."""
