"""All routes; who may open which stands in base/permissions.py."""

from django.urls import path

from kerong.web.api.urls import api
from kerong.web.enterprise import apply, credit, index, record, support
from kerong.web.enterprise import deals as deal_opening
from kerong.web.enterprise import views as enterprise
from kerong.web.fund import views as fund
from kerong.web.government import alerts, budgets, calls, cases, models, objections, payments, pools, risk, running
from kerong.web.government import views as government
from kerong.web.institution import books, deals
from kerong.web.institution import views as institution
from kerong.web.public import account, failures, messages, notices, registers
from kerong.web.public import views as public
from kerong.web.steward import channels, tokens
from kerong.web.steward import views as steward

urlpatterns = [
    path("", public.overview, name="overview"),
    path("rules/", public.rules, name="rules"),
    path("sources/", public.sources, name="sources"),
    path("rules/<slug:name>/", public.rule, name="rule"),
    path("waterfalls/<slug:name>/", public.waterfall, name="waterfall"),
    path("systems/", public.systems, name="systems"),
    path("systems/<str:enterprise_id>/", enterprise.systems, name="systems_firm"),
    path("language/", public.language, name="language"),
    path("health/", public.health, name="health"),
    path("account/login/", account.login, name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("models/", models.models, name="models"),
    path("models/<slug:name>/", models.model, name="model"),
    path("registers/", registers.registers, name="registers"),
    path("registers/<slug:name>/", registers.register, name="register"),
    path("steward/", steward.desk, name="steward"),
    path("steward/upload/", steward.upload, name="batch_upload"),
    path("steward/batches/<slug:batch_id>/", steward.batch, name="batch"),
    path("steward/batches/<slug:batch_id>/decide/", steward.decide, name="batch_decide"),
    path("steward/batches/<slug:batch_id>/quarantine.csv", steward.quarantine, name="batch_quarantine"),
    path("tokens/", tokens.feed_tokens, name="feed_tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="feed_token_revoke"),
    path("channels/", channels.payment_channels, name="payment_channels"),
    path("channels/<int:channel_id>/close/", channels.close, name="payment_channel_close"),
    path("home/", public.home, name="home"),
    path("messages/", messages.messages, name="messages"),
    path("messages/read/", messages.messages_all_read, name="messages_all_read"),
    path("messages/<int:message_id>/", messages.message_open, name="message_open"),
    path("running/", running.running, name="running"),
    path("office/", government.office, name="office"),
    path("office/quality/", government.quality, name="quality"),
    path("office/runs/", government.runs, name="runs"),
    path("enterprises/", government.enterprises, name="enterprises"),
    path("enterprises/export.csv", government.enterprises_export, name="enterprises_export"),
    path("enterprises/<str:enterprise_id>/", enterprise.page, name="enterprise"),
    path("enterprises/<str:enterprise_id>/values/", record.values, name="enterprise_values"),
    path("enterprises/<str:enterprise_id>/values/<str:field>/", record.value, name="enterprise_value"),
    path("enterprises/<str:enterprise_id>/index/", index.page, name="enterprise_index"),
    path("enterprises/<str:enterprise_id>/index.pdf", index.paper, name="enterprise_index_pdf"),
    path("enterprises/<str:enterprise_id>/support/", support.page, name="enterprise_support"),
    path("enterprises/<str:enterprise_id>/support.pdf", support.paper, name="enterprise_support_pdf"),
    path("enterprises/<str:enterprise_id>/network/", record.network, name="enterprise_network"),
    path("enterprises/<str:enterprise_id>/credit/", credit.credit, name="enterprise_credit"),
    path("enterprises/<str:enterprise_id>/record/", record.record, name="enterprise_record"),
    path("enterprises/<str:enterprise_id>/record/<slug:register>/", record.rows, name="enterprise_rows"),
    path("alerts/", alerts.desk, name="alerts"),
    path("alerts/export.csv", alerts.export, name="alerts_export"),
    path("alerts/<int:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<int:alert_id>/<slug:move>/", alerts.move, name="alert_move"),
    path("risk/", risk.risk_map, name="risk_map"),
    path("objections/", objections.desk, name="objections"),
    path("objections/make/", record.make, name="objection_make"),
    path("objections/<int:objection_id>/<slug:move>/", objections.move, name="objection_move"),
    path("tasks/", cases.task_box, name="tasks"),
    path("cases/<int:case_id>/", cases.case, name="case"),
    path("cases/<int:case_id>/attachments/", cases.attach, name="attachment_add"),
    path("cases/<int:case_id>/<slug:move>/", cases.move, name="case_move"),
    path("deals/", deals.deals, name="deals"),
    path("deals/<int:deal_id>/", deals.deal, name="deal"),
    path("deals/<int:deal_id>/attachments/", deals.attach, name="deal_attach"),
    path("deals/<int:deal_id>/<slug:move>/", deals.move, name="deal_move"),
    path("deals/open/<slug:kind>/", deal_opening.deal_open, name="deal_open"),
    path("deals/files/<int:attachment_id>/", deals.attachment, name="deal_attachment"),
    path("pools/", pools.pools, name="pools"),
    path("pools/<slug:name>/", pools.pool, name="pool"),
    path("pools/<slug:name>/open/", pools.open_pool, name="pool_open"),
    path("pools/<slug:name>/<slug:verb>/", pools.money, name="pool_money"),
    path("books/", books.books, name="books"),
    path("books/open/", books.open_book, name="book_open"),
    path("books/<slug:verb>/", books.money, name="book_money"),
    path("notices/", notices.notices, name="notices"),
    path("apply/<slug:rule>/", apply.apply, name="apply"),
    path("calls/", calls.calls, name="calls"),
    path("calls/open/", calls.open_call, name="call_open"),
    path("calls/<int:call_id>/", calls.call, name="call"),
    path("calls/<int:call_id>/propose/", calls.propose, name="call_propose"),
    path("budgets/", budgets.budgets, name="budgets"),
    path("budgets/open/", budgets.open_budget, name="budget_open"),
    path("budgets/<int:budget_id>/", budgets.budget, name="budget"),
    path("budgets/<int:budget_id>/changes/", budgets.change, name="budget_change"),
    path("budgets/<int:budget_id>/changes/<int:change_id>/", budgets.decide, name="budget_change_decide"),
    path("budgets/<int:budget_id>/transfers.csv", budgets.export, name="budget_export"),
    path("payments/", payments.payments, name="payments"),
    path("payments/returns/", payments.returned, name="payment_return"),
    path("payments/files/<int:file_id>/", payments.file, name="payment_file"),
    path("payments/<int:budget_id>/send/", payments.send, name="payment_send"),
    path("attachments/<int:attachment_id>/", cases.attachment, name="attachment"),
    path("consents/grant/", enterprise.grant, name="consent_grant"),
    path("consents/<int:consent_id>/revoke/", enterprise.revoke, name="consent_revoke"),
    path("institution/", institution.desk, name="institution"),
    path("fund/", fund.desk, name="fund"),
    path("api/", api.urls),
]

handler400 = failures.bad_request
handler403 = failures.forbidden
handler404 = failures.not_found
handler500 = failures.broken
