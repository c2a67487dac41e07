# ruff: noqa: E501 (a table of sentences)
"""Adjustment reasons in our own words: what they mean to a biller, to a patient, and what next.

Keyed by X12 claim adjustment reason code (CAS, code source 139) with its group where the group
changes the meaning. The standard's texts are X12's and stand nowhere here. A reason that is
not listed gets the words of its group, never an invented meaning.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasonHint:
    """A reason explained.

    Attributes:
        meaning: to a biller, one short sentence.
        patient_words: on a patient's statement, to follow “because of”; never blames them.
        next_step: what to do, as an instruction.
        known: False when only the group could be explained.
    """

    meaning: str
    patient_words: str
    next_step: str
    known: bool = True


_GROUPS = {
    "CO": ReasonHint(
        "The contract makes the practice bear this amount.",
        "an amount your plan does not let us bill you",
        "Look the reason up in the payer's guide; correct the claim or write the amount off.",
        known=False,
    ),
    "PR": ReasonHint(
        "The payer leaves this amount to the patient.",
        "an amount your plan leaves to you",
        "Look the reason up before the patient is billed.",
        known=False,
    ),
    "OA": ReasonHint(
        "An adjustment for another cause; nobody is named to bear it.",
        "an adjustment by your plan",
        "Look the reason up in the payer's guide and decide who owes the amount.",
        known=False,
    ),
    "PI": ReasonHint(
        "The payer reduced this on its own account, without a contract behind it.",
        "a reduction by your plan that we are looking into",
        "Check whether the payer may reduce this; if not, dispute it.",
        known=False,
    ),
    "CR": ReasonHint(
        "A correction of an earlier answer (an older format's group).",
        "a correction by your plan",
        "Compare with the earlier answer and post the difference.",
        known=False,
    ),
}
_UNKNOWN = ReasonHint(
    "The payer adjusted this for a reason that is not in the program's list.",
    "an adjustment by your plan",
    "Look the reason up in the payer's guide.",
    known=False,
)

# group:reason (or :reason for every group) | meaning | to the patient | what next
_LINES = """
:1 | Counts toward the plan's deductible, so the plan pays nothing yet. | your plan's yearly deductible | Bill the next payer, else the patient.
:2 | The patient's percentage of the allowed amount. | your share (coinsurance) of the allowed amount | Bill the next payer, else the patient.
:3 | The fixed amount the patient pays for a visit. | your plan's fixed copay for this visit | Set it against what was collected at the desk, then bill the rest.
:4 | The modifier is missing or does not fit the procedure. | a question about how the service was billed, which we are settling with your plan | Check the modifiers, correct the claim and send it as a replacement.
:5 | The procedure does not fit the place of service. | a question about how the service was billed, which we are settling with your plan | Check procedure and place of service; send a corrected claim.
:6 | The procedure does not fit the patient's age. | a question about how the service was billed, which we are settling with your plan | Check birth date and procedure code; send a corrected claim.
:7 | The procedure does not fit the patient's sex on file. | a question about how the service was billed, which we are settling with your plan | Check the sex on the claim and at the payer; consider modifier KX where the payer takes it.
:8 | The procedure does not fit the provider's specialty. | a question about how the service was billed, which we are settling with your plan | Check the rendering provider and taxonomy.
:9 | The diagnosis does not fit the patient's age. | a question about how the service was billed, which we are settling with your plan | Check birth date and diagnosis; send a corrected claim.
:10 | The diagnosis does not fit the patient's sex on file. | a question about how the service was billed, which we are settling with your plan | Check the sex on file and the diagnosis; send a corrected claim.
:11 | The diagnosis does not support the procedure. | a question about how the service was billed, which we are settling with your plan | Check the pointers and the chart; correct the claim or appeal with notes.
:12 | The diagnosis does not fit the provider's type. | a question about how the service was billed, which we are settling with your plan | Check the diagnosis and the provider's taxonomy.
:13 | The payer has a date of death before the service. | a question about dates, which we are settling with your plan | Check the date of service and the patient's identity; call the payer.
:14 | The payer has a birth date after the service. | a question about dates, which we are settling with your plan | Check birth date and date of service; send a corrected claim.
:15 | The authorization number is missing or does not fit this service. | an approval that we are settling with your plan | Find the right authorization number and send a corrected claim.
:16 | Something on the claim is missing or wrong; the remark codes say what. | missing information that we are sending to your plan | Read the remark codes, mend the claim and send it again.
:18 | The payer holds this to be a repeat of a claim it already has. | a claim your plan received twice | Find the first claim's answer; if it was never paid, call the payer.
:19 | The payer takes this for a work injury. | your plan asks whether this was a work injury | Ask the patient; bill workers' compensation or send the payer a statement.
:20 | The payer takes this for an injury that a liability insurer covers. | your plan asks whether another insurer is responsible | Ask the patient for accident details; bill that insurer or answer the payer.
:21 | The payer takes this for a matter of no-fault auto insurance. | your plan asks whether auto insurance is responsible | Ask the patient for the auto policy; bill it first.
:22 | Another payer should come first. | your plan says another insurance comes first | Check the order of coverages; bill the other payer, then send its answer along.
:23 | What an earlier payer paid or adjusted, carried over. | what your other insurance already settled | Nothing to post: it repeats the earlier payer's answer.
:24 | Paid by a fixed monthly amount, or by a managed plan the patient is in. | an arrangement between us and your plan | Medicare: the patient has an Advantage plan, bill that plan. Otherwise settle as capitation.
:26 | The service was before the coverage began. | your coverage had not begun on this date | Check the coverage dates with patient and payer before billing the patient.
:27 | The service was after the coverage ended. | your coverage had ended on this date | Check for new coverage and bill it; only then the patient.
:29 | The claim came after the payer's filing limit. | a delay that is not yours to pay for | Look for proof of timely filing and appeal; otherwise write it off.
:31 | The payer cannot find the patient as a member. | your plan could not find your membership | Check the member id and name on the card; send a corrected claim.
:32 | The payer does not hold this person for an eligible dependent. | your plan does not list this person as a dependent | Ask the subscriber to settle it with the plan; check relationship and names.
:33 | The plan covers no dependents. | your plan does not cover dependents | Check for other coverage before billing the patient.
:34 | The plan does not cover newborns. | your plan does not cover newborns | Check for other coverage before billing the patient.
:35 | The lifetime limit of the benefit is used up. | your plan's lifetime limit is reached | Check the next payer, then bill the patient.
:39 | Authorization was asked for and refused. | your plan did not approve this service | Appeal with the medical reasons, or check whether a waiver was signed.
:40 | The payer does not hold it for an emergency. | your plan did not see this as an emergency | Appeal with the notes of the visit.
:44 | Discount for paying promptly. | a discount for prompt payment | Check that the agreement exists; write it off.
:45 | The charge is above the contracted or allowed amount. | the discount agreed with your plan | Write off when in network and the allowed amount agrees with the contract.
:49 | A routine or preventive service that the plan does not cover this way. | your plan does not cover this preventive service | Check diagnosis and modifier 33; else the next payer or the patient.
:50 | The payer does not find it medically necessary. | your plan asks for more medical reasons | Check the payer's coverage policy; appeal with notes. Bill the patient only with a signed notice.
:51 | The payer takes it for a condition from before the coverage. | your plan takes this for an earlier condition | Dispute it: most plans may not refuse this any more.
:53 | Care given by a close relative is not covered. | care by a relative, which your plan does not cover | Check who gave the care.
:54 | More than one physician or assistant is not covered here. | a question about how the service was billed, which we are settling with your plan | Check whether an assistant is allowed; appeal with the operative note.
:55 | The payer holds the treatment to be experimental. | your plan holds this treatment to be experimental | Appeal with literature; bill the patient only with a signed notice.
:56 | The payer does not hold the treatment to be proven. | your plan does not hold this treatment to be proven | Appeal with literature; bill the patient only with a signed notice.
:58 | The payer holds the place of service to be wrong. | a question about how the service was billed, which we are settling with your plan | Check the place of service; send a corrected claim.
:59 | Reduced by the rules for several procedures on one day. | the reduction agreed with your plan | Check the order of procedures and modifiers 51 and 59; else write it off.
:60 | Outpatient services close to a hospital stay are not paid apart. | an arrangement between your plan and the hospital | Check the dates of the stay; contact the hospital.
:66 | The blood deductible. | your plan's blood deductible | Bill the next payer, else the patient.
:89 | Professional fees taken out of the charge. | an adjustment by your plan | Check how the components were billed.
:90 | An adjustment of ingredient cost. | an adjustment by your plan | Check drug units and NDC.
:94 | Processed above the charges. | an adjustment by your plan | Check the allowed amount; the patient owes nothing for it.
:95 | The plan's procedures were not followed. | a rule of your plan | Read the payer's guide; appeal if the rule was met.
:96 | The plan does not cover this service. | a service your plan does not cover | Read the remark codes; check benefits and signed notices before billing the patient.
:97 | The payment is included in that of another service of the day. | a service included in another one on your bill | Check modifiers 25 and 59 and the bundling rules; correct or write it off.
:100 | The payer sent the money to the patient or subscriber. | the payment your plan sent to you directly | Bill the patient for what the plan paid to them.
:101 | An estimate only; nothing was decided or paid. | an estimate by your plan | Never post it; send the real claim after the service.
:102 | An adjustment for a major medical part. | an adjustment by your plan | Check which part of the plan should pay.
:104 | Money withheld under the managed-care contract. | an arrangement between us and your plan | Keep track of the withhold; settle it by the contract.
:105 | Tax withheld. | an arrangement between us and your plan | Post as withheld tax.
:107 | The service that this one belongs to is missing on the claim. | a question about how the service was billed, which we are settling with your plan | Bill it with its main service on one claim.
:108 | The rules on renting or buying equipment were not met. | a question about how the service was billed, which we are settling with your plan | Check rental and purchase modifiers.
:109 | This payer is not the one; the claim belongs elsewhere. | the claim went to the wrong insurance and is being sent again | Find the right payer (remark codes or card) and send it there.
:110 | The bill is dated before the service. | a question about dates, which we are settling with your plan | Check the dates; send a corrected claim.
:111 | Covered only when the provider accepts assignment. | a question about how the service was billed, which we are settling with your plan | Check the assignment on the claim; send it again accepted.
:112 | The payer has no proof that the patient got the service directly. | missing information that we are sending to your plan | Send the notes.
:114 | The drug or device lacks federal approval. | a product your plan does not cover | Check NDC and code; ask for a signed notice next time.
:115 | The procedure was put off or cancelled. | a cancelled service | Check whether it took place; void the line if not.
:116 | The signed advance notice does not meet the rules. | a notice that did not meet your plan's rules | Check the notice on file; do not bill the patient without a good one.
:117 | Transport is covered only to the nearest suitable place. | your plan's rule for transport | Check the destination; appeal with reasons.
:119 | The benefit's limit for this period is used up. | your plan's limit for this service is reached | Check remaining benefits; next payer, then the patient.
:121 | A reduction by an indemnity arrangement. | an adjustment by your plan | Check the contract; the patient is not billed for it.
:122 | A reduction for psychiatric care. | an adjustment by your plan | Compare with the plan's mental health rules.
:125 | Something on the claim is wrong; the remark codes say what. | missing information that we are sending to your plan | Read the remark codes, mend the claim and send it again.
:128 | The newborn's services are paid with the mother's. | the newborn's care is part of the mother's claim | Check that the mother's claim was paid.
:129 | What the earlier payer's answer says is missing or wrong. | missing information that we are sending to your plan | Send the earlier payer's amounts and reasons unchanged.
:130 | A fee for processing the claim. | a fee between us and your plan | Check whether the contract has it; write it off.
:131 | A discount agreed for this claim. | a discount agreed with your plan | Check the agreement; write it off.
:132 | Adjusted under a trial program of the payer. | an arrangement between us and your plan | Check the program's rules; write it off.
:133 | The payer has not decided yet. | your plan is still deciding | Wait for the final answer; ask again in two weeks.
:134 | Technical fees taken out of the charge. | an adjustment by your plan | Check how the components were billed.
:135 | Interim bills cannot be processed. | a question about how the service was billed, which we are settling with your plan | Send the final bill.
:136 | The earlier plan's rules were not followed, so this one does not pay. | a rule of your other plan | Settle the earlier payer's denial first.
:137 | A surcharge or tax on payments by regulation. | a charge between us and your plan | Post as the payer's tax; the patient is not billed.
:138 | The appeal came too late or without what it needs. | an appeal we are settling with your plan | Check the appeal deadline; write it off if it has passed.
:139 | An agreement about people whom the provider employs. | an arrangement between us and your plan | Check the agreement; write it off.
:140 | Member number and name belong to different people. | your plan could not match your name and number | Check the card; send a corrected claim.
:142 | The patient's monthly Medicaid share. | your monthly share under Medicaid | Bill the patient only as the state allows.
:143 | Part of the payment is put off. | your plan pays the rest later | Wait for the rest; ask after a month.
:144 | An incentive added to the payment. | an adjustment by your plan | Post as payer incentive.
:146 | The diagnosis is not valid for the date of service. | a question about how the service was billed, which we are settling with your plan | Correct the diagnosis code for the date; send a corrected claim.
:147 | The contracted rate has run out or is not on file. | a rate question between us and your plan | Send the contract to the payer's provider services.
:148 | Another provider's information is missing. | missing information that we are sending to your plan | Ask the other provider; send it along.
:149 | The lifetime limit of this benefit is used up. | your plan's lifetime limit is reached | Check the next payer, then the patient.
:150 | The notes do not support this level of service. | a question about how the service was billed, which we are settling with your plan | Review the level against the notes; appeal or correct.
:151 | The notes do not support so many services. | a question about how the service was billed, which we are settling with your plan | Check units; appeal with notes.
:152 | The notes do not support this length of service. | a question about how the service was billed, which we are settling with your plan | Check times in the notes; appeal or correct.
:153 | The notes do not support this dose. | a question about how the service was billed, which we are settling with your plan | Check dose and units; appeal or correct.
:154 | The notes do not support this day's supply. | a question about how the service was billed, which we are settling with your plan | Check quantity; appeal or correct.
:155 | The patient refused the service. | a service that was declined | Check whether it took place.
:157 | Because of an act of war. | a rule of your plan | Check the plan's rules.
:158 | The service was given outside the country. | a service outside the country | Check the place of service.
:159 | Because of an act of terrorism. | a rule of your plan | Check the plan's rules.
:160 | The injury comes from an activity the plan leaves out. | an activity your plan does not cover | Check with the patient, then appeal or bill.
:161 | A performance bonus. | an adjustment by your plan | Post as payer incentive.
:163 | A document that the claim names did not arrive. | missing information that we are sending to your plan | Send the attachment again with its control number.
:164 | A document that the claim names came too late. | missing information that we are sending to your plan | Send it with a request to reopen.
:165 | The referral is missing or has run out. | a referral that we are settling with your plan | Find the referral number; send a corrected claim.
:166 | The claims period of this payer is over. | your plan no longer takes claims for this period | Check who took over the plan's claims.
:167 | The diagnosis is not covered. | a diagnosis your plan does not cover | Check the diagnosis; appeal with notes or ask for the patient's share rules.
:169 | Another benefit was granted instead. | your plan granted another benefit instead | Check what was granted.
:170 | The plan does not pay this kind of provider for it. | your plan does not pay this kind of provider for the service | Check the rendering provider's type and enrolment.
:171 | Not paid for this kind of provider in this kind of place. | your plan's rule on providers and places | Check place of service and provider.
:172 | Reduced because of the provider's specialty. | an adjustment by your plan | Check the taxonomy on file.
:173 | No prescription from a physician. | a missing prescription that we are sending to your plan | Send the order.
:174 | Not prescribed before it was supplied. | a question of dates with your plan | Check the date of the order.
:175 | The prescription is incomplete. | missing information that we are sending to your plan | Have the order completed.
:176 | The prescription is no longer current. | a prescription that has run out | Ask for a new order.
:177 | The patient did not meet the eligibility rules. | your plan's eligibility rules | Check eligibility for the date; look for other coverage.
:178 | The patient's spend-down is not met yet. | your Medicaid spend-down | Follow the state's rules before billing.
:179 | The waiting period is not over. | your plan's waiting period | Check the coverage dates.
:180 | The patient did not meet the residency rules. | your plan's residency rules | Check with the patient.
:181 | The procedure code is not valid for the date. | a question about how the service was billed, which we are settling with your plan | Use the code valid on the date; send a corrected claim.
:182 | The modifier is not valid for the date. | a question about how the service was billed, which we are settling with your plan | Use a modifier valid on the date; send a corrected claim.
:183 | The referring provider may not refer for this. | missing information that we are sending to your plan | Check the referring provider's NPI and enrolment.
:184 | The ordering provider may not order this. | missing information that we are sending to your plan | Check the ordering provider's NPI and enrolment.
:185 | The rendering provider may not do this service. | a question between us and your plan | Check enrolment and credentials with the payer.
:186 | The level of care was changed. | an adjustment by your plan | Appeal with notes if it is wrong.
:187 | Paid from a spending or savings account. | a payment from your health account | Post the account's payment.
:188 | Covered only when used as the drug agency recommends. | a rule of your plan | Check the indication; appeal with notes.
:189 | A not-listed code was used where a listed one exists. | a question about how the service was billed, which we are settling with your plan | Use the listed code; send a corrected claim.
:190 | Part of the payment for the stay in a nursing facility. | a service included in your facility stay | Bill the facility.
:192 | The payer could not process the paper answer of an earlier payer. | missing information that we are sending to your plan | Send the earlier payer's answer as electronic amounts.
:193 | The first decision stands after review. | your plan kept its decision | Consider the next appeal level.
:194 | Anesthesia by the operating, assisting or attending physician is not paid. | a service included in another one on your bill | Check who gave anesthesia; else write it off.
:195 | A refund sent to the wrong payer. | a refund between insurers | Settle the refund with the payer.
:197 | Authorization was needed and was not obtained. | an approval that was needed beforehand | Ask for a retroactive authorization; appeal. In network it is written off otherwise.
:198 | More was done than was authorized. | more than your plan approved beforehand | Ask for an extension; appeal with notes.
:199 | Revenue and procedure code do not fit. | a question about how the service was billed, which we are settling with your plan | Correct the codes.
:200 | Coverage had lapsed. | your coverage was interrupted on this date | Check with patient and payer before billing the patient.
:201 | The patient pays from a workers' compensation settlement. | your settlement covers this | Bill the patient or the settlement's administrator.
:202 | Personal comfort, not covered. | a comfort service your plan does not cover | Bill the patient if they agreed beforehand.
:203 | Service cut short or reduced. | an adjustment by your plan | Check modifiers 52 and 53.
:204 | The patient's present plan does not include this service. | a service your plan does not include | Check benefits and signed notices before billing the patient.
:205 | A pharmacy card fee. | a pharmacy fee | Check the contract.
:206 | The NPI is missing. | missing information that we are sending to your plan | Add the NPI; send a corrected claim.
:207 | The NPI is not valid. | missing information that we are sending to your plan | Check the NPI's digits; send a corrected claim.
:208 | The NPI does not match the payer's files. | missing information that we are sending to your plan | Register the NPI with the payer; send it again.
:209 | By regulation the patient may not be billed for this. | an amount you may not be billed for | Bill the next payer, else write it off; refund what was collected.
:210 | Authorization came too late. | an approval that was needed earlier | Appeal with the reason for the delay.
:211 | The drug code is not valid or not covered. | a drug question that we are settling with your plan | Check the NDC and its units.
:212 | Administrative fees. | a charge between us and your plan | Check the contract.
:213 | Against the self-referral rules. | a question between us and your plan | Have the practice's owner look at it before anything else.
:215 | A third party's settlement is expected to pay. | a settlement with another party | Bill the third party.
:216 | A review organization's decision. | a review by your plan | Read its letter; appeal if wrong.
:219 | The extent of the injury is in question. | your insurer is still looking into the injury | Send notes; wait for the decision.
:222 | More than the contract's maximum of hours, days or units. | the limit agreed with your plan | Check units; write it off in network.
:223 | Adjusted by a law the standard does not name. | a rule that your plan follows | Read the payer's explanation.
:224 | The payer suspects stolen identity. | your plan is checking your identity | Check the patient's identity and card; call the payer.
:225 | Interest on penalty paid by the payer. | an adjustment by your plan | Post as interest.
:226 | The provider did not send what was asked for. | missing information that we are sending to your plan | Send the asked-for records at once.
:227 | The patient did not send what the plan asked for. | information your plan has asked you for | Ask the patient to answer the plan's letter; then ask the payer to reprocess.
:228 | An earlier payer did not get what it asked for. | missing information about your other insurance | Settle it with the earlier payer first.
:229 | Part of the charge was not considered by Medicare. | an adjustment by your plan | Check that Medicare's answer was sent along.
:231 | Two procedures that exclude each other on one day. | a service included in another one on your bill | Check which one was done; correct or write it off.
:232 | A stay moved between groups by transfer. | an adjustment by your plan | Check the dates of the stay.
:233 | Care for something acquired in the hospital. | care you may not be billed for | Write it off.
:234 | Not paid apart. | a service included in another one on your bill | Check the bundling rules; write it off.
:235 | Sales tax. | sales tax | Post as tax.
:236 | This pair of procedures and modifiers is not allowed together. | a service included in another one on your bill | Check the pair and its modifiers; correct or write it off.
:237 | A penalty by law (reporting programs). | a charge between us and your plan | Write it off.
:238 | The claim spans days in and out of coverage. | a question of dates with your plan | Split the claim at the coverage date.
:239 | The claim spans days in and out of coverage; bill apart. | a question of dates with your plan | Split the claim at the coverage date.
:242 | The provider is out of the plan's network. | a provider outside your plan's network | Check network status on the date; gap exception or the patient's share.
:243 | Not authorized by the network or primary care provider. | a referral that was needed beforehand | Ask the primary care provider for a referral.
:245 | The provider's performance withhold. | an arrangement between us and your plan | Track the withhold.
:246 | A code for information only, not payable. | information only; nothing to pay | Nothing to do: write off its charge, usually a cent or zero.
:247 | The deductible of a professional part billed by a facility. | your plan's deductible | Bill the next payer, else the patient.
:248 | The coinsurance of a professional part billed by a facility. | your share (coinsurance) | Bill the next payer, else the patient.
:249 | The payer takes this for a readmission. | a review of your hospital stay | Appeal with notes.
:250 | An attachment came, but not the one that was wanted. | missing information that we are sending to your plan | Read the remark codes; send the right document.
:251 | An attachment came, but incomplete. | missing information that we are sending to your plan | Send the complete document.
:252 | An attachment is needed to decide. | missing information that we are sending to your plan | Read the remark codes; send the document.
:253 | The federal budget cut on Medicare payments. | a federal reduction you are not billed for | Write it off; nobody may be billed.
:254 | The medical plan says: send it to the dental plan. | the claim belongs to your dental plan | Bill the dental plan.
:256 | Not payable under the managed-care contract. | an arrangement between us and your plan | Check the contract; write it off.
:257 | The patient is in a grace period for unpaid premiums. | your premium is being checked by your plan | Wait for the outcome; tell the patient.
:258 | The patient was in custody on this date. | who pays for care on this date is being checked | Bill the responsible authority.
:260 | Processed under Medicaid's extra payment rule. | an adjustment by your plan | Check the state's rule.
:261 | The service does not fit the patient's history. | a question about how the service was billed, which we are settling with your plan | Check the chart; appeal with notes.
:267 | The claim spans several months. | a question of dates with your plan | Split by month.
:268 | The claim spans two calendar years. | a question of dates with your plan | Split by year.
:269 | Anesthesia is not covered for this procedure. | a service your plan does not cover | Appeal with medical reasons.
:270 | The medical plan says it is dental. | the claim belongs to your dental plan | Bill the dental plan.
:272 | Coverage rules were not met. | a rule of your plan | Read the plan's policy; appeal if it was met.
:273 | More than the coverage rules allow. | a limit of your plan | Read the plan's policy; appeal if needed.
:275 | An earlier payer's patient share is not covered. | a share your second plan does not cover | Bill the patient what the earlier payer left.
:276 | The earlier payer's denial is not taken over. | a denial by your other plan | Settle the earlier payer's denial first.
:279 | Service needs a network provider. | a provider outside your plan's network | Check network status on the date.
:284 | The authorization does not fit the billed service. | an approval that we are settling with your plan | Compare codes and units with the authorization; correct or extend it.
:288 | The referral is missing. | a referral that we are settling with your plan | Find the referral; send a corrected claim.
:296 | The authorization belongs to another provider. | an approval that we are settling with your plan | Check the provider on the authorization; send a corrected claim.
:A0 | The payer's refund to the patient. | a refund by your plan | Check what the patient got back.
:A1 | The claim or line is refused; the remark codes say why. | a decision of your plan that we are settling | Read the remark codes; correct or appeal.
:A5 | Part of a hospital's cost adjustment. | an adjustment by your plan | Check the contract.
:A6 | An earlier hospital stay or transfer that the rules ask for is missing. | a rule of your plan | Check the dates of the stay; appeal with notes.
:A8 | The claim could not be grouped. | a question about how the service was billed, which we are settling with your plan | Check diagnoses and procedures.
:B1 | A service that is not covered at all. | a service your plan does not cover | Check signed notices before billing the patient.
:B4 | A penalty for late filing. | a charge between us and your plan | Write it off.
:B7 | The provider was not certified for this service on the date. | a question between us and your plan | Check enrolment dates and certificates (CLIA) with the payer.
:B8 | Other services were available and should have been used. | a rule of your plan | Appeal with reasons.
:B9 | The patient is in hospice, whose benefit pays for this. | your hospice benefit | Bill the hospice, or use the hospice modifiers where unrelated.
:B10 | Reduced because a part of the service was paid before. | a service already paid in part | Find the earlier payment.
:B11 | Sent on to the right payer. | the claim was passed on to the right insurance | Wait for that payer's answer.
:B12 | The service is not in the records. | missing information that we are sending to your plan | Send the notes.
:B13 | Paid before, perhaps with another claim. | a service already paid | Find the earlier payment and post it.
:B14 | Only one visit a day is covered. | your plan's limit of one visit a day | Check modifier 25; appeal with notes.
:B15 | A further service must be billed with this one. | a question about how the service was billed, which we are settling with your plan | Bill the missing service; send a corrected claim.
:B16 | The rules for a new patient are not met. | a question about how the service was billed, which we are settling with your plan | Use the established-patient code if seen within three years.
:B20 | Done, in part or whole, by another provider. | a service your plan paid to another provider | Check who did what; appeal with notes.
:B22 | Adjusted because of the diagnosis. | an adjustment by your plan | Check the diagnosis and its pointer.
:B23 | The laboratory has no certificate for this test. | a question between us and your plan | Check the CLIA number on the claim.
:P1 | The state requires property-casualty information. | missing information that we are sending to your insurer | Send what the state's rule asks for.
:P12 | Paid by the workers' compensation fee schedule. | the state's fee schedule; you are not billed | Write it off.
:P14 | Included in another service (property-casualty). | a service included in another one | Check bundling; write it off.
:W1 | Paid by a workers' compensation fee schedule (older code). | the state's fee schedule; you are not billed | Write it off.
CO:1 | A deductible the contract puts on the practice. | an amount your plan does not let us bill you | Unusual: check the contract before writing it off.
CO:3 | A copay the contract puts on the practice. | an amount your plan does not let us bill you | Unusual: check the contract before writing it off.
CO:26 | The service was before the coverage began. | your coverage had not begun on this date | Check the coverage dates; look for other coverage.
CO:27 | The service was after the coverage ended. | your coverage had ended on this date | Look for new coverage and bill it.
CO:96 | Not covered, and the contract does not let the patient be billed. | an amount your plan does not let us bill you | Read the remark codes; correct, appeal, or write it off.
CO:204 | Not in the patient's plan, and the contract does not let the patient be billed. | an amount your plan does not let us bill you | Check benefits; appeal or write it off.
CO:50 | Not medically necessary to the payer; the patient may not be billed. | an amount your plan does not let us bill you | Check the coverage policy; appeal with notes or write it off.
CO:119 | The benefit's limit is used up; the patient may not be billed. | an amount your plan does not let us bill you | Check the limit and the contract; write it off.
PR:45 | The part of an out-of-network charge above the allowed amount. | the part of the charge above what your plan allows | Check network status and surprise-billing law before billing the patient.
PR:50 | Not medically necessary to the payer; a signed notice lets the patient be billed. | a service your plan does not find necessary | Check that the signed notice is on file; then bill the patient.
PR:197 | Authorization was missing and the plan puts it on the patient. | an approval your plan wanted beforehand | Ask for a retroactive authorization before billing the patient.
"""


def _read() -> dict[tuple[str, str], ReasonHint]:
    out: dict[tuple[str, str], ReasonHint] = {}
    for line in _LINES.strip().splitlines():
        key, meaning, patient, step = (part.strip() for part in line.split("|"))
        group, _, reason = key.partition(":")
        out[(group, reason)] = ReasonHint(meaning, patient, step)
    return out


_HINTS = _read()


def reason_hint(group: str, reason: str) -> ReasonHint:
    """What an adjustment means, from its group (CO, PR, OA, PI) and reason code.

    Leading zeros and blanks are forgiven. A reason that is not listed is explained by its
    group alone, with `known` False.
    """
    group = group.strip().upper()
    code = reason.strip().upper().lstrip("0")
    found = _HINTS.get((group, code)) or _HINTS.get(("", code))
    return found or _GROUPS.get(group, _UNKNOWN)


def known_reasons() -> tuple[str, ...]:
    """All listed reason codes, numbers first."""
    codes = {reason for _, reason in _HINTS}
    return tuple(sorted(codes, key=lambda c: (not c.isdigit(), len(c), c)))
