"""What a steward reads about the archive: kind -> sentence (zh, en); the kinds are those of `store.archive`."""

from collections.abc import Mapping

# {file}: the folder of the archive or a path inside it, {value}: the sender's name of the file, where no other is said
ARCHIVE: Mapping[str, tuple[str, str]] = {
    "archive_is_none": (
        "{file} 不是归档库，其中的内容不会被读取或改动 {value}",
        "{file} is no archive; what is in it is neither read nor changed {value}",
    ),
    "archive_format": (
        "{file} 是另一版本（格式 {value}）的归档库，请使用相应版本的程序",
        "{file} is an archive of format {value}, which another version of the program reads",
    ),
    "archive_of_another_region": (
        "{file} 是地区“{value}”的归档库",
        "{file} is the archive of the region “{value}”",
    ),
    "archive_origin_changed": (
        "{file} 在归档库建立之后被改动过（或日志第 1 行被改动）：请从备份恢复",
        "{file} was changed after the archive was made (or line 1 of its log was): restore it from a backup",
    ),
    "archive_log_unreadable": (
        "归档日志 {file} 缺失或无法读取：请从备份恢复",
        "{file} of the archive's log is missing or cannot be read: restore it from a backup",
    ),
    "archive_log_cut": (
        "{file}：日志自第 {line} 行起被截断，缺少 {value} 条已确认的记录：请从备份恢复",
        "{file}: the log is cut off from line {line} on; {value} acknowledged events are missing: restore a backup",
    ),
    "archive_log_edited": (
        "{file} 第 {line} 行：日志在此处被改动、插入或删除过，与其后的校验值不符：请从备份恢复",
        "{file}, line {line}: the log was changed here (or lines were put in or taken out): restore it from a backup",
    ),
    "archive_folder_missing": (
        "批次文件夹 {file} 缺失（来文“{value}”）：请从备份恢复",
        "the folder of batch {file} (file “{value}”) is missing: restore it from a backup",
    ),
    "archive_folder_unknown": (
        "批次文件夹 {file} 没有日志记录：不计入任何视图",
        "the folder {file} stands among the batches, but the log knows nothing of it: it counts in no view",
    ),
    "archive_record_changed": (
        "{file}：批次的说明文件被改动过或无法读取（来文“{value}”）",
        "{file}: the record of the batch (file “{value}”) was changed or cannot be read",
    ),
    "archive_raw_changed": (
        "{file}：作为凭证保存的来文“{value}”被改动过，与收到时的校验值不符",
        "{file}: the file “{value}” that was kept as evidence is not as it was received",
    ),
    "archive_rows_changed": (
        "{file}：“{value}”清洗后的行被改动过，与入库时的校验值不符",
        "{file}: the cleaned rows of “{value}” are not as they were written",
    ),
    "archive_set_aside_changed": (
        "{file}：“{value}”隔离区的行被改动过，与入库时的校验值不符",
        "{file}: the rows of “{value}” in quarantine are not as they were written",
    ),
    "archive_file_missing": (
        "{file} 缺失（来文“{value}”）：请从备份恢复",
        "{file} is missing (of the file “{value}”): restore it from a backup",
    ),
    "archive_file_added": (
        "{file}：此文件不是归档库写入的（批次来文“{value}”），不计入任何视图",
        "{file} was put into the folder of a batch (file “{value}”) by somebody else; it counts in no view",
    ),
    "archive_batch_unknown": ("没有批次“{value}”", "there is no batch “{value}”"),
    "archive_repeated": (
        "{file}：同一数据源的相同文件已经收到（批次 {value}），没有变化",
        "{file}: the same bytes were received from this feed before (batch {value}); nothing changes",
    ),
    "archive_is_received": (
        "批次 {file} 尚未发布，不能撤回；可以退回",
        "batch {file} is not published yet: it can be rejected, not withdrawn",
    ),
    "archive_is_published": (
        "批次 {file} 已经发布；如有错误请撤回",
        "batch {file} is published already; if it is wrong, withdraw it",
    ),
    "archive_is_rejected": (
        "批次 {file} 已被退回，不再改变；可以重新报送文件",
        "batch {file} was rejected and stays so; the file may be sent again",
    ),
    "archive_is_withdrawn": (
        "批次 {file} 已经撤回；可以重新发布",
        "batch {file} is withdrawn already; it can be published again",
    ),
    "archive_opening_stands": (
        "{file} 会取代期初数据（批次 {value}）：须由数据管理员说明理由后发布",
        "{file} would replace an opening balance (batch {value}): a steward publishes it with a reason",
    ),
    "archive_no_value": (
        "“{column}”不能是“{value}”",
        "“{column}” cannot be “{value}”",
    ),
    "archive_staging_closed": (
        "此批次已经入库或放弃，不能再添加",
        "this batch has been sealed or given up; nothing can be added to it",
    ),
}
