"""A run that was published: from then on the portal's numbers come from its folder."""

from django.db import models


class Run(models.Model):
    """One published run on disk; exactly one is current."""

    run_id = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=1000)
    region = models.CharField(max_length=100)
    on = models.DateField()
    published_at = models.DateTimeField(auto_now=True)
    current = models.BooleanField(default=False)

    class Meta:
        ordering = (
            "-published_at",
            "-id",
        )
        constraints = (
            models.UniqueConstraint(fields=["current"], condition=models.Q(current=True), name="one_run_is_current"),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.on} {self.run_id}"
