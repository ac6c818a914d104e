"""What a steward reads about links: kind -> sentence (zh, en); see `engine.problems`."""

from collections.abc import Mapping

LINKAGE: Mapping[str, tuple[str, str]] = {
    "decisions_contradict": (
        "两位管理员对同一对记录的裁定相反：{value}；该对记录转入复核",
        "two stewards decided the opposite about one pair: {value}; the pair is put up for review",
    ),
    "decisions_name_two": (
        "同一条记录被裁定为两家不同的企业：{value}；这些裁定均转入复核",
        "one row was decided to be two different firms: {value}; all of these are put up for review",
    ),
    "decisions_close_a_circle": (
        "裁定相互矛盾：若干“相同”的裁定把 {value} 连在一起，而另有裁定说二者不同；这一组全部转入复核",
        "{value} are decided to be different, but a chain of decisions makes them the same; all are put up for review",
    ),
    "decisions_name_each_other": (
        "裁定相互指向，谁也不成立：{value}；均不采用",
        "decisions name each other in a circle: {value}; none of them counts",
    ),
    "decision_without_row": (
        "裁定涉及的记录不在本次数据中：{value}；裁定予以保留",
        "a decision is about rows that are not in these data: {value}; it is kept",
    ),
    "group_against_decision": (
        "模型会把裁定为不同的 {value} 归为一组；这一组未合并，转入复核",
        "the model would join {value}, which were decided to be different; the group is not joined but reviewed",
    ),
}
