from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AidConfig(AppConfig):
    name = "junheng.aid"
    label = "aid"
    verbose_name = _("Aid")

    def ready(self) -> None:
        from junheng.aid.services.codes import seed_after_migrations

        post_migrate.connect(seed_after_migrations, sender=self)
        _keep_households()
        _check_households()
        _keep_beneficiaries()
        _decide()
        _set_up()
        _pay()
        _show()


def _decide() -> None:
    """Policies: the step for two by which they are approved; what differs becomes cases."""
    from junheng.aid.services import (
        auditing,
        forgetting_answers,
        look_up,
        policies,
        recoveries,
    )
    from junheng.commons import attempts

    policies.register()
    recoveries.register()
    auditing.offer()
    forgetting_answers.register()
    attempts.name_deeds({look_up.DEED: _("Look up what a child is entitled to")})


def _set_up() -> None:
    """Terms, lists told in full and traits of schools: steps for two, the way in, the past."""
    from junheng.accounts.facade import register_history
    from junheng.aid.models import SchoolTrait, ToldInFull
    from junheng.aid.services import declaring, terms, trait_imports
    from junheng.commons import attempts, imports

    declaring.register()
    imports.register(trait_imports.TraitImporter())
    attempts.name_deeds({terms.DEED: _("Open a term of aid")})
    register_history(ToldInFull, path="place__path", about=("fact",))
    register_history(SchoolTrait, path="organisation__path", about=("fact",))


def _keep_households() -> None:
    """Households: the way in, objections, how people are found and shown, and when they go."""
    from junheng.accounts.facade import register_history
    from junheng.aid.models import Household, HouseholdMember, HouseholdReview
    from junheng.aid.services import (
        forgetting_households,
        household_imports,
        keeping_codes,
        merging_villages,
        reviews,
        undoing_merges,
    )
    from junheng.aid.services.households import key_of_member
    from junheng.aid.web import household_files, household_menu
    from junheng.commons import imports, resealing

    household_menu.offer()
    household_files.offer()
    reviews.offer()
    keeping_codes.register()
    merging_villages.register()
    undoing_merges.register()
    for importer in household_imports.IMPORTERS:
        imports.register(importer())
    register_history(Household, path="village__path", about=("number",))
    register_history(
        HouseholdReview,
        path="household__village__path",
        private=("words", "cause", "category"),
        about=("number",),
    )

    forgetting_households.register()
    resealing.register_index(resealing.Index(HouseholdMember, "resident_id_key", key_of_member))


def _check_households() -> None:
    """Checks: rules for two, kinds of cases, who is shown, marks, and what is forgotten."""
    from junheng.accounts.facade import register_history
    from junheng.aid.models import CheckAuthorisation, CheckHit, CheckRule, LeftOut
    from junheng.aid.selectors import check_questions
    from junheng.aid.services import (
        check_rules,
        finding_left_out,
        flagging,
        forgetting_left_out,
        forgetting_questions,
        removing_scans,
        scans,
        settling_left_out,
        visiting,
    )
    from junheng.aid.web import left_out
    from junheng.commons import resealing
    from junheng.evidence.facade import count_also

    check_rules.register()
    visiting.offer()
    settling_left_out.offer()
    left_out.offer()
    forgetting_left_out.register()
    forgetting_questions.register()
    scans.register()
    removing_scans.register()
    register_history(CheckRule, path="place__path", about=("register",))
    register_history(CheckAuthorisation, path="household__village__path", about=("paper",))
    count_also(check_questions.outcomes)
    resealing.register_index(resealing.Index(CheckHit, "mark", flagging.mark_of))
    resealing.register_index(resealing.Index(LeftOut, "mark", finding_left_out.mark_of))


def _keep_beneficiaries() -> None:
    """People outside grades 1 to 9: the way in, their history, keys, and when their names go."""
    from junheng.accounts.facade import register_history
    from junheng.aid.models import Beneficiary
    from junheng.aid.services import beneficiaries, forgetting_beneficiaries
    from junheng.commons import imports, resealing

    imports.register(beneficiaries.BeneficiaryImporter())
    forgetting_beneficiaries.register()
    register_history(Beneficiary, path="path", about=("stage", "valid_from"))
    resealing.register_index(
        resealing.Index(Beneficiary, "resident_id_key", beneficiaries.key_of_beneficiary)
    )


def _pay() -> None:
    """Payments: what refused steps are called, the bank's answer, keys, and what is forgotten."""
    from junheng.accounts.facade import register_history
    from junheng.aid.models import (
        BudgetLine,
        Donation,
        EducationLoan,
        PayAccount,
        PaymentBatch,
        PaymentLine,
    )
    from junheng.aid.services import (
        account_imports,
        answers,
        batches,
        forgetting_payments,
        former_payments,
        funds,
        notice_objections,
        pay_accounts,
    )
    from junheng.aid.web import payment_menu
    from junheng.commons import attempts, imports, resealing

    payment_menu.offer()
    attempts.name_deeds(batches.DEEDS)
    imports.register(answers.BankAnswerImporter())
    imports.register(account_imports.AccountImporter())
    imports.register(former_payments.FormerPaymentImporter())
    forgetting_payments.register()
    notice_objections.register()
    resealing.register_index(
        resealing.Index(PayAccount, "number_key", pay_accounts.key_of_an_account)
    )
    resealing.register_index(
        resealing.Index(PaymentLine, "account_key", pay_accounts.key_of_a_line)
    )
    resealing.register_index(resealing.Index(EducationLoan, "resident_id_key", funds.key_of_a_loan))
    register_history(PaymentBatch, path="path", about=("number",))
    register_history(BudgetLine, path="path", about=("policy", "half_year"))
    register_history(Donation, path="fund__path", about=("donor", "paper"))


def _show() -> None:
    """The ways in."""
    from junheng.aid.access import in_charge, may_see_entitlements
    from junheng.commons.navigation import NavItem, PublicWay, register, register_public

    register_public(
        PublicWay(
            label=_("What is my child entitled to?"),
            note=_("Aid that is due, what was paid, and why not: from your own telephone."),
            icon="coin-yuan",
            url_name="aid:mine",
            order=18,
        )
    )
    for order, label, icon, page, may in (
        (60, _("Entitled and paid"), "scale", "home", may_see_entitlements),
        (61, _("People outside grades 1 to 9"), "users", "beneficiaries", in_charge),
        (62, _("Policies of aid"), "file-certificate", "policies", in_charge),
    ):
        register(NavItem(label, icon, f"aid:{page}", may, order=order))
