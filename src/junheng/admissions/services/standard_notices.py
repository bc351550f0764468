"""The texts that hold until the bureau issues its own."""

from __future__ import annotations

VERSION = "2026-2"
CONSENT = """\
关于收集和使用未成年人及监护人个人信息的告知

一、收集什么：孩子的姓名、证件号码、出生日期、性别；居住地址和房产、户籍、居住证、务工经商情况的证明编号；监护人的姓名、证件号码和手机号码。
二、用来做什么：只用于本轮招生入学的资格核验、学位分配、录取通知和依法建立学籍，不作他用，不用于画像和广告。
三、依据：《中华人民共和国义务教育法》第十二条，《中华人民共和国个人信息保护法》第十三条、第三十一条。孩子不满十四周岁，其信息是敏感个人信息，须由监护人单独同意。
四、向谁核对：您填写的内容将与公安、自然资源、人力资源社会保障、市场监管、税务部门的登记信息核对；每次核对都有记录。
五、保存多久：录取后转入学籍的，按学籍管理规定保存；报名信息、照片、异议和答复在本轮招生结束满三年后删除，撤回的和未提交的满三十天后删除；房产与家庭的关联满六年后删除。
六、您的权利：可以随时查看、复制、更正，可以撤回申请，也可以要求删除。工作人员每次查看完整信息都留有理由和记录，您可以看到。
七、不同意线上办理的，可以到教育局或学校的服务窗口办理，权利没有差别。
"""
DECLARATION = """\
我是孩子的监护人。我填写的内容真实、完整。我知道：提供虚假信息的，申请无效，并承担相应责任；同意教育行政部门为核验入学资格向有关部门核对上述信息。
"""
TEXTS = {"consent": CONSENT, "declaration": DECLARATION}
CONSENT_IN_ENGLISH = """\
Notice on the collection and use of personal data of minors and their guardians

1. What is collected: the child's name, document number, birthday and sex; the home address and \
the numbers of papers about house, household, residence permit and work or trade; the guardian's \
name, document number and mobile number.
2. What for: only to check the claim in this round of admissions, to give seats, to tell the \
result and to keep the school record as the law asks; not for profiles or advertising.
3. On what basis: Compulsory Education Law, Art. 12; Personal Information Protection Law, Arts. \
13 and 31. The data of a child under fourteen is sensitive and needs the separate consent of a \
guardian.
4. With whom it is compared: what you fill in is compared with the registers of police, land, \
labour, market and tax departments; every comparison is recorded.
5. For how long: school records as the rules on them say; applications, photos, objections and \
answers until three years after the round has ended, what was taken back or never submitted for \
thirty days; what ties a house to a family for six years.
6. Your rights: you may see, copy and correct it at any time, take the application back, and ask \
for deletion. Whenever staff read it in full, the reason is recorded, and you can see it.
7. If you do not agree to apply online, the counters of the bureau and the schools serve you \
with the same rights.
"""
DECLARATION_IN_ENGLISH = """\
I am the child's guardian. What I have filled in is true and complete. I know that with false \
statements the application is void and that I answer for it; I agree that the education \
authority compares it with the departments concerned to check the claim.
"""
ENGLISH = {"consent": CONSENT_IN_ENGLISH, "declaration": DECLARATION_IN_ENGLISH}
