"""Domains of consumer mail: a mailbox there is a person's, so they are never a company's domain.

Kept by hand: the large free mail services and the mail of internet access providers, mostly of
North America and Europe. A country's variants of one service are spelled out.
"""

from __future__ import annotations

_DOMAINS = """
gmail.com googlemail.com
outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.com.au outlook.com.br
hotmail.com hotmail.co.uk hotmail.ca hotmail.de hotmail.fr hotmail.it hotmail.es hotmail.nl
hotmail.be hotmail.se hotmail.no hotmail.dk hotmail.com.ar hotmail.com.br hotmail.com.mx
live.com live.co.uk live.ca live.de live.fr live.it live.nl live.be live.se live.no live.dk
live.com.au live.com.mx msn.com windowslive.com passport.com
yahoo.com yahoo.co.uk yahoo.ca yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.ie yahoo.in yahoo.co.in
yahoo.co.jp yahoo.co.id yahoo.com.au yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.ph
yahoo.com.sg yahoo.com.tw yahoo.com.hk yahoo.com.vn ymail.com rocketmail.com myyahoo.com
aol.com aol.co.uk aol.de aol.fr aim.com netscape.net compuserve.com
icloud.com me.com mac.com
proton.me protonmail.com protonmail.ch pm.me
gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.us gmx.co.uk gmx.fr web.de mail.com email.com
fastmail.com fastmail.fm hushmail.com tutanota.com tutanota.de tuta.io tuta.com mailfence.com
zoho.com zohomail.com inbox.com lycos.com juno.com netzero.net netzero.com excite.com usa.net
yandex.ru yandex.com ya.ru mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ukr.net i.ua
qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com aliyun.com
naver.com hanmail.net daum.net nate.com rediffmail.com
t-online.de freenet.de arcor.de 1und1.de online.de vodafone.de kabelmail.de
orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr bbox.fr numericable.fr
libero.it virgilio.it tiscali.it alice.it tin.it tim.it poste.it
telefonica.net terra.es terra.com.br uol.com.br bol.com.br ig.com.br globo.com
ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl telenet.be skynet.be proximus.be
bluewin.ch hispeed.ch chello.at a1.net aon.at wp.pl o2.pl onet.pl interia.pl seznam.cz centrum.cz
btinternet.com btopenworld.com sky.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk
tiscali.co.uk o2.co.uk eircom.net
comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net pacbell.net ameritech.net
cox.net charter.net spectrum.net rr.com roadrunner.com twc.com earthlink.net mindspring.com
optonline.net optimum.net frontier.com frontiernet.net windstream.net centurylink.net
centurytel.net embarqmail.com q.com suddenlink.net mediacombb.net cableone.net wowway.com
rogers.com shaw.ca bell.net bell.ca sympatico.ca telus.net videotron.ca cogeco.ca eastlink.ca
bigpond.com bigpond.net.au optusnet.com.au iinet.net.au tpg.com.au xtra.co.nz
mailinator.com guerrillamail.com 10minutemail.com tempmail.com yopmail.com sharklasers.com
trashmail.com dispostable.com getnada.com maildrop.cc temp-mail.org
"""

CONSUMER_MAIL = frozenset(_DOMAINS.split())


def is_consumer_mail(domain: str) -> bool:
    """Tell whether mail at this domain, or at one that it belongs to, is consumer mail."""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[at:]) in CONSUMER_MAIL for at in range(len(labels) - 1))
