"""Payment batches, accounts and budgets."""

from __future__ import annotations

from django.urls import path

from junheng.aid.web import (
    accounts,
    batch_steps,
    batches,
    budgets,
    funds,
    notices,
    pay_accounts,
)

patterns = [
    path("payments/", batches.BatchList.as_view(), name="batches"),
    path("payments/draft/", batch_steps.draft, name="draft_batch"),
    path("payments/<uuid:pk>/", batches.BatchPage.as_view(), name="batch"),
    path("payments/<uuid:pk>/check/", batch_steps.check, name="check_batch"),
    path("payments/<uuid:pk>/send-back/", batch_steps.send_back, name="send_back_batch"),
    path("payments/<uuid:pk>/give-up/", batch_steps.give_up, name="give_up_batch"),
    path("payments/<uuid:pk>/pay-out/", batch_steps.pay_out, name="pay_out_batch"),
    path("payments/<uuid:pk>/file/", batch_steps.file, name="batch_file"),
    path("payments/<uuid:pk>/follow-up/", batch_steps.follow_up, name="follow_up_batch"),
    path("payments/accounts/", accounts.AccountList.as_view(), name="accounts"),
    path("payments/accounts/decide/", accounts.decide_many, name="decide_accounts"),
    path("payments/accounts/<uuid:pk>/", accounts.account, name="account"),
    path("payments/accounts/<uuid:pk>/decide/", accounts.decide, name="decide_account"),
    path("payments/account/<uuid:pk>/", pay_accounts.pay_account, name="pay_account"),
    path("payments/<uuid:pk>/notice/", notices.post_notice, name="post_notice"),
    path("notices/", notices.posted, name="notices"),
    path("notices/list/", notices.NoticeList.as_view(), name="notice_list"),
    path("notices/<uuid:pk>/", notices.notice, name="notice"),
    path("notices/<uuid:pk>/object/", notices.object_to, name="object"),
    path("notices/<uuid:pk>/proof/", notices.proof, name="notice_proof"),
    path("notices/<uuid:pk>/take-down/", notices.take_down, name="take_down_notice"),
    path("notices/objections/<str:number>/", notices.objection, name="notice_objection"),
    path("notices/mine/<str:number>/", notices.my_objection, name="my_objection"),
    path("funds/", funds.in_public, name="funds"),
    path("funds/kept/", funds.funds, name="funds_kept"),
    path("funds/<int:pk>/", funds.fund, name="fund"),
    path("funds/donations/<int:pk>/thank/", funds.thank, name="thank_donor"),
    path("funds/loans/", funds.LoanList.as_view(), name="loans"),
    path("funds/loans/enter/", funds.lend, name="lend"),
    path("budget/", budgets.BudgetPage.as_view(), name="budget"),
    path("budget/line/", budgets.keep_line, name="budget_line"),
    path("budget/<int:pk>/", budgets.line, name="budget_one"),
]
