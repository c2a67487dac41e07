# ruff: noqa: E501 (tables of patterns)
"""How an injury came about: external cause, activity and place codes, offered beside it."""

from __future__ import annotations

import re

_CAUSES = """
W11.XXXA = (?:fell|fall|falling|slipped|jumped)\\w*[^.;,]{0,25}\\bladder
W12.XXXA = (?:fell|fall|falling)[^.;,]{0,25}\\bscaffold\\w*
W13.2XXA = (?:fell|fall|falling)[^.;,]{0,20}\\broof
W14.XXXA = (?:fell|fall|falling)[^.;,]{0,20}\\btree
W10.9XXA = (?:fell|fall|falling|slipped|tripped|missed)[^.;,]{0,30}\\b(?:stairs?|steps?|staircase|stairway)\\b
W06.XXXA = (?:fell|fall|falling|rolled)[^.;,]{0,15}\\b(?:off|from|out of)[^.;,]{0,12}\\bbed\\b
W07.XXXA = (?:fell|fall|falling)[^.;,]{0,20}\\b(?:chair|stool)\\b
W08.XXXA = (?:fell|fall|falling)[^.;,]{0,20}\\b(?:couch|sofa|table|counter|changing table|furniture|desk)\\b
W09.0XXA = (?:fell|fall|falling)[^.;,]{0,25}\\bslide\\b
W09.1XXA = (?:fell|fall|falling)[^.;,]{0,25}\\bswing\\b
W09.2XXA = (?:fell|fall|falling)[^.;,]{0,40}\\b(?:jungle gym|monkey ?bars?|climbing|climber)\\b[^.;,]{0,12}
W09.8XXA = (?:fell|fall|falling)[^.;,]{0,25}\\b(?:playground\\w*|trampoline)\\b(?! climb)
W18.2XXA = (?:fell|fall|falling|slipped)[^.;,]{0,25}\\b(?:shower|bathtub|tub)\\b
W18.11XA = (?:fell|fall|falling|slipped)[^.;,]{0,25}\\btoilet\\b
W00.0XXA = (?:fell|fall|falling|slipp\\w+)[^.;,]{0,25}\\b(?:ice|snow|icy)\\b[^.;,]{0,12}
W01.0XXA = (?:fell|fall|falling|slipp\\w+|tripp\\w+)[^.;,]{0,25}\\b(?:wet|rug|carpet|curb|floor|puddle|toy|cord|water|sidewalk|root|rock|dog|cat|hose|step ?stool|mat)\\b|\\btripp(?:ed|ing)\\b[^.;,]{0,25}\\b(?:fell|fall|falling)\\b|\\btripp(?:ed|ing) (?:over|on)\\b[^.;,]{0,15}|\\bslipped and fell\\b|\\bslip and fall\\b
V80.010A = (?:fell|fall|thrown|falling|bucked)[^.;,]{0,20}\\bhorse\\b
V00.131A = (?:fell|fall|falling)[^.;,]{0,20}\\bskateboard\\b
V00.141A = (?:fell|fall|falling)[^.;,]{0,20}\\bscooter\\b
V00.121A = (?:fell|fall|falling)[^.;,]{0,20}\\b(?:roller ?skates?|skates|rollerblad\\w+)\\b
V00.211A = (?:fell|fall|falling)[^.;,]{0,20}\\b(?:ice skat\\w+)\\b
V18.0XXA = (?:fell|fall|falling|crashed|thrown)[^.;,]{0,25}\\b(?:bike|bicycle)\\b|\\b(?:bike|bicycle) (?:accident|crash|fall|wreck)\\b
V13.4XXA = (?:bicyclist|cyclist|on (?:a |his |her )?(?:bike|bicycle))[^.;]{0,25}\\b(?:hit|struck) by (?:a )?(?:car|truck|van)
V03.10XA = (?:pedestrian|walking|crossing)[^.;]{0,35}\\b(?:hit|struck) by (?:a )?(?:car|truck|van|vehicle)|\\bpedestrian\\b[^.;]{0,15}\\b(?:car|vehicle)\\b
V29.99XA = \\bmotorcycle (?:accident|crash|collision|wreck)\\b|(?:fell|thrown|crashed)[^.;,]{0,15}\\bmotorcycle\\b
V43.52XA = (?:car |restrained |belted )?driver\\b[^.;\\n]{0,70}\\b(?:hit|struck|rear[- ]?ended|collision|collided|t-?boned|mvc|mva)\\b[^.;\\n]{0,25}|\\brear[- ]?ended\\b[^.;\\n]{0,25}\\bdriv\\w+
V43.62XA = \\bpassenger\\b[^.;\\n]{0,50}\\b(?:hit|struck|rear[- ]?ended|collision|collided|t-?boned|mvc|mva)\\b|\\b(?:mvc|mva|collision)\\b[^.;\\n]{0,20}\\bpassenger\\b
V89.2XXA = \\bmotor vehicle (?:accident|collision|crash)\\b|\\bmv[ac]\\b|\\bcar (?:accident|crash|wreck)\\b|\\brear[- ]?ended\\b|\\bauto accident\\b
W54.0XXA = \\bdog[- ]?bites?\\b|\\bbit(?:ten)? by (?:a |the |his |her |their |\\w+'s |neighbor'?s? |own |stray )*(?:\\w+ )?(?:dog|puppy)\\b|\\bdog\\b[^.;,]{0,20}\\bbit\\b
W54.8XXA = \\b(?:knocked|jumped|pulled|scratched)[^.;,]{0,20}\\bdog\\b|\\bdog scratch\\w*
W55.01XA = \\bcat[- ]?bites?\\b|\\bbit(?:ten)? by (?:a |the |his |her |their |own |stray )*(?:\\w+ )?(?:cat|kitten)\\b|\\bcat\\b[^.;,]{0,20}\\bbit\\b
W55.03XA = \\bcat[- ]?scratch(?:es|ed)?\\b(?! (?:disease|fever))|\\bscratched by (?:a |the |his |her )*cat\\b
W53.11XA = \\brat bite\\b
W50.3XXA = \\bhuman bite\\b|\\bbit(?:ten)? by (?:a |another )?(?:child|kid|person|toddler|classmate)\\b
W57.XXXA = \\bbit(?:ten)? by (?:a |an )?(?:insect|bug|mosquito\\w*|tick|spider|flea)s?\\b
W26.0XXA = \\b(?:kitchen |pocket |paring |box |utility |bread |steak |carving )?kni(?:fe|ves)\\b
W25.XXXA = \\b(?:broken |sharp |shattered )?glass\\b
W26.8XXA = \\b(?:sharp metal|sheet metal|razor blade|box cutter|scissors|can lid|tin can|metal edge|mandoline?)\\b
W27.4XXA = \\b(?:kitchen utensil|peeler|grater)\\b
W27.0XXA = \\b(?:hammer|axe|hatchet|chisel|screwdriver)\\b
W29.0XXA = \\b(?:blender|food processor|garbage disposal)\\b
W28.XXXA = \\blawn ?mower\\b
W29.3XXA = \\b(?:hedge ?trimmer|chain ?saw|weed ?whacker)\\b
W31.2XXA = \\b(?:table|band|circular|miter|bench) ?saw\\b
W29.8XXA = \\b(?:power (?:tool|drill|saw)|angle grinder|nail gun|drill)\\b
W45.0XXA = \\bstepped on (?:a |an )?(?:\\w+ )?nail\\b|\\bnail (?:through|into) (?:his|her|the) foot\\b
W45.8XXA = \\bsplinter\\b|\\bthorn\\b|\\bfish ?hook\\b
W46.0XXA = \\bneedle[- ]?stick\\b
W23.0XXA = \\b(?:caught|slammed|shut|closed|crushed|smashed)\\b[^.;,]{0,25}\\b(?:car )?(?:door|window|drawer|gate)\\b|\\b(?:car )?door (?:closed|slammed|shut) on\\b
W20.8XXA = \\bdropped (?:a |an )?[^.;,]{0,20}\\bon (?:his|her|the|my)?\\s?(?:left |right )?(?:foot|toe|hand|finger|great toe|big toe)\\b|\\b(?:struck|hit) by (?:a )?falling\\b
W22.03XA = \\b(?:walked|ran|bumped) into (?:a |the )?(?:table|bed|desk|coffee table|furniture)\\b|\\bstubbed\\b[^.;,]{0,25}\\b(?:furniture|bed|table|dresser)\\b
W22.09XA = \\b(?:walked|ran|bumped) into (?:a |the )?(?:wall|door|pole)\\b|\\bstubbed\\b
W21.05XA = \\b(?:struck|hit) by (?:a )?basketball\\b
W21.03XA = \\b(?:struck|hit) (?:in [^.;,]{0,15})?by (?:a )?baseball\\b
W21.02XA = \\b(?:struck|hit) (?:in [^.;,]{0,15})?by (?:a )?soccer ball\\b
W21.01XA = \\b(?:struck|hit) (?:in [^.;,]{0,15})?by (?:a )?football\\b
W51.XXXA = \\bcollid\\w+ with (?:another|a) (?:player|person|child|runner|teammate|kid)\\b
W50.0XXA = \\b(?:kicked|elbowed|hit|struck|punched) by (?:another|a) (?:player|person|child|teammate|opponent)\\b
Y04.0XXA = \\b(?:fist ?fight|brawl|altercation|punched in)\\b
Y09 = \\bassault(?:ed)?\\b
X10.2XXA = \\b(?:hot |boiling )?(?:cooking )?(?:oil|grease)\\b
X10.0XXA = \\bhot (?:coffee|tea|drink|soup|cocoa)\\b|\\bspilled (?:\\w+ )?(?:coffee|tea|soup)\\b
X12.XXXA = \\b(?:hot|boiling|scalding) (?:water|liquid)\\b
X11.8XXA = \\bhot tap water\\b
X13.1XXA = \\bsteam\\b
X15.0XXA = \\b(?:hot )?(?:stove|oven|burner|stovetop)\\b
X15.3XXA = \\b(?:hot )?(?:pan|skillet|pot|saucepan)\\b
X15.8XXA = \\b(?:curling iron|clothes iron|hot iron|hair straightener|iron)\\b
X03.0XXA = \\b(?:campfire|bonfire|fire ?pit)\\b
W39.XXXA = \\bfireworks?\\b|\\bfirecrackers?\\b
W40.1XXA = \\bgas explosion\\b
W85.XXXA = \\belectric shock\\b
X32.XXXA = \\bsun exposure\\b
X58.XXXA = \\bunknown (?:cause|mechanism)\\b
X50.0XXA = \\b(?:lifting|lifted|moving|moved|carrying|picked up|picking up|pulling|pushing|shovel\\w+)\\b[^.;,]{0,25}\\b(?:heavy|box\\w*|furniture|couch|boulder|patient|weights?|bags?|snow|child|groceries|luggage|mulch|refrigerator|dresser)\\b|\\bheavy lifting\\b
X50.1XXA = \\b(?:prolonged|awkward) (?:sitting|kneeling|standing|posture|position)\\b
X50.3XXA = \\brepetitive (?:motion|movement|use)\\b
X50.9XXA = \\boverus(?:e|ed)\\b
W19.XXXA = \\bunspecified fall\\b
W18.30XA = \\b(?:ground[- ]level fall|mechanical fall|fell|fall|fell down|falling)\\b(?! risk)(?! asleep)(?! precaution)
"""
_ACTIVITIES = """
Y93.67 = \\bbasketball\\b
Y93.61 = \\b(?:tackle |american |flag )?football\\b
Y93.66 = \\bsoccer\\b
Y93.64 = \\b(?:baseball|softball)\\b
Y93.68 = \\bvolleyball\\b
Y93.65 = \\b(?:lacrosse|field hockey)\\b
Y93.22 = \\b(?:ice )?hockey\\b
Y93.73 = \\b(?:tennis|racquetball|squash|pickleball|badminton)\\b
Y93.72 = \\bwrestling\\b
Y93.75 = \\b(?:karate|martial arts?|judo|jiu[- ]jitsu)\\b
Y93.43 = \\bgymnastics\\b
Y93.45 = \\bcheerlead\\w*\\b
Y93.41 = \\bdanc(?:ing|e)\\b
Y93.42 = \\byoga\\b
Y93.02 = \\b(?:while |was |went )?(?:running|jogging)\\b(?! (?:high|low|nose|a fever|temp))
Y93.01 = \\b(?:hiking|while walking|was walking|walking the dog)\\b
Y93.55 = \\b(?:bike riding|biking|cycling|riding (?:his|her|a) (?:bike|bicycle))\\b
Y93.11 = \\bswimming\\b
Y93.23 = \\b(?:skiing|snowboard\\w*|sledding)\\b
Y93.51 = \\b(?:skateboarding|roller ?skating|rollerblading)\\b
Y93.44 = \\btrampoline\\b
Y93.B3 = \\b(?:weight ?lifting|lifting weights|free weights|bench press\\w*|deadlift\\w*)\\b
Y93.H2 = \\b(?:gardening|landscaping|yard ?work|pruning|mowing)\\b
Y93.H1 = \\bshovel\\w* (?:snow|dirt|mulch)?\\b
Y93.G1 = \\b(?:slicing|chopping|cutting|peeling) (?:\\w+ )?(?:vegetables?|bagels?|tomato\\w*|avocados?|onions?|potato\\w*|bread|fruit|apples?|carrots?|meat|food|cheese|squash)\\b
Y93.G3 = \\b(?:cooking|frying|baking)\\b(?! oil)
Y93.E5 = \\b(?:vacuuming|mopping|floor mopping)\\b
Y93.E9 = \\bhousework\\b
Y99.0 = \\b(?:while |injured |happened |occurred |fell )?(?:at|on) (?:the )?(?:work|job|job ?site)\\b(?! note)|\\bwork(?:place)?[- ]related\\b|\\bworkers'? comp\\w*|\\bon the job\\b|\\bon duty\\b
Y92.219 = \\bat (?:the )?school\\b
Y92.019 = \\bat home\\b(?! bp| blood| oxygen)
Y92.838 = \\bat (?:the )?(?:park|playground)\\b
Y92.39 = \\bat (?:the )?(?:gym|stadium)\\b
"""


def _table(lines: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    out = []
    for line in lines.strip().splitlines():
        code, pattern = line.split(" = ", 1)
        out.append(
            (
                code.replace(".", ""),
                re.compile(rf"\b(?:{pattern})" if pattern[0] != "\\" else pattern),
            )
        )
    return tuple(out)


_CAUSE = _table(_CAUSES)
_ACTIVITY = _table(_ACTIVITIES)
_NOT_A_CAUSE = re.compile(
    r"\b(?:denies|no|without|not|risk|prevent\w*|history of|h/o|fear of|avoid)\b[^.;,]{0,14}$"
)
MOST_CAUSES = 2


def causes_in(text: str) -> list[tuple[int, int, str]]:
    """External causes and activities in a note in small letters: start, end, code.

    The first pattern that holds for a place wins; of causes the two clearest are kept, of
    activities one.
    """
    out: list[tuple[int, int, str]] = []
    for table, most in ((_CAUSE, MOST_CAUSES), (_ACTIVITY, MOST_CAUSES)):
        found: list[tuple[int, int, str]] = []
        for code, pattern in table:
            for match in pattern.finditer(text):
                before = text[max(0, match.start() - 30) : match.start()]
                if _NOT_A_CAUSE.search(before):
                    continue
                general = code.startswith(("W1830", "V892", "W25", "X153"))
                if general and found:
                    continue
                if all(match.end() <= a or match.start() >= b for a, b, _ in found):
                    found.append((match.start(), match.end(), code))
            if len({c for *_, c in found}) >= most:
                break
        out.extend(found)
    return out
