"""Domains of consumer mail: a mailbox there is a person's, so they are never a company's domain.

Kept by hand: the large free mail services, throw-away ones, and the mail of internet access
providers.
"""

from __future__ import annotations

DOMAINS: frozenset[str] = frozenset((
    "10minutemail.com", "126.com", "139.com", "163.com", "189.cn", "1und1.de", "21cn.com", "a1.net",
    "aim.com", "alice.it", "aliyun.com", "ameritech.net", "aol.co.uk", "aol.com", "aol.de",
    "aol.fr", "aon.at", "arcor.de", "att.net", "bbox.fr", "bell.ca", "bell.net", "bellsouth.net",
    "bigpond.com", "bigpond.net.au", "bk.ru", "bluewin.ch", "blueyonder.co.uk", "bol.com.br",
    "btinternet.com", "btopenworld.com", "cableone.net", "centrum.cz", "centurylink.net",
    "centurytel.net", "charter.net", "chello.at", "cock.li", "cogeco.ca", "comcast.net",
    "compuserve.com", "cox.net", "daum.net", "dispostable.com", "duck.com", "earthlink.net",
    "eastlink.ca", "eircom.net", "email.com", "email.cz", "embarqmail.com", "excite.com",
    "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "frontier.com",
    "frontiernet.net", "getnada.com", "globo.com", "gmail.com", "gmx.at", "gmx.ch", "gmx.co.uk",
    "gmx.com", "gmx.de", "gmx.fr", "gmx.net", "gmx.us", "googlemail.com", "guerrillamail.com",
    "hanmail.net", "hey.com", "hispeed.ch", "home.nl", "hotmail.be", "hotmail.ca", "hotmail.co.uk",
    "hotmail.com", "hotmail.com.ar", "hotmail.com.br", "hotmail.com.mx", "hotmail.de", "hotmail.dk",
    "hotmail.es", "hotmail.fr", "hotmail.it", "hotmail.nl", "hotmail.no", "hotmail.se",
    "hushmail.com", "i.ua", "icloud.com", "ig.com.br", "iinet.net.au", "inbox.com", "inbox.lv",
    "inbox.ru", "interia.pl", "internet.ru", "juno.com", "kabelmail.de", "kpnmail.nl",
    "laposte.net", "libero.it", "list.ru", "live.be", "live.ca", "live.co.uk", "live.com",
    "live.com.au", "live.com.mx", "live.de", "live.dk", "live.fr", "live.it", "live.nl", "live.no",
    "live.se", "lycos.com", "mac.com", "mail.com", "mail.ru", "mailbox.org", "maildrop.cc",
    "mailfence.com", "mailinator.com", "me.com", "mediacombb.net", "mindspring.com", "msn.com",
    "myyahoo.com", "nate.com", "naver.com", "netscape.net", "netzero.com", "netzero.net", "neuf.fr",
    "ntlworld.com", "numericable.fr", "o2.co.uk", "o2.pl", "onet.pl", "online.de", "optimum.net",
    "optonline.net", "optusnet.com.au", "orange.fr", "outlook.at", "outlook.com", "outlook.com.au",
    "outlook.com.br", "outlook.de", "outlook.es", "outlook.fr", "outlook.it", "outlook.jp",
    "pacbell.net", "passport.com", "planet.nl", "pm.me", "poste.it", "posteo.de", "prodigy.net",
    "proton.me", "protonmail.ch", "protonmail.com", "proximus.be", "q.com", "qq.com", "rambler.ru",
    "rediffmail.com", "roadrunner.com", "rocketmail.com", "rogers.com", "rr.com", "sbcglobal.net",
    "seznam.cz", "sfr.fr", "sharklasers.com", "shaw.ca", "sina.cn", "sina.com", "sky.com",
    "skynet.be", "sohu.com", "spectrum.net", "suddenlink.net", "sympatico.ca", "t-online.de",
    "talktalk.net", "telefonica.net", "telenet.be", "telus.net", "temp-mail.org", "tempmail.com",
    "terra.com.br", "terra.es", "tim.it", "tin.it", "tiscali.co.uk", "tiscali.it", "tpg.com.au",
    "trashmail.com", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "twc.com", "ukr.net",
    "uol.com.br", "usa.net", "verizon.net", "videotron.ca", "virgilio.it", "virgin.net",
    "virginmedia.com", "vodafone.de", "wanadoo.fr", "web.de", "windowslive.com", "windstream.net",
    "wowway.com", "wp.pl", "xfinity.com", "xs4all.nl", "xtra.co.nz", "ya.ru", "yahoo.ca",
    "yahoo.co.id", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.ar",
    "yahoo.com.au", "yahoo.com.br", "yahoo.com.hk", "yahoo.com.mx", "yahoo.com.ph", "yahoo.com.sg",
    "yahoo.com.tw", "yahoo.com.vn", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.ie", "yahoo.in",
    "yahoo.it", "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "yopmail.com", "ziggo.nl",
    "zoho.com", "zohomail.com",
))  # fmt: skip


def is_consumer_mail(domain: str) -> bool:
    """Tell whether mail at this domain, or at one that it belongs to, is consumer mail."""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[at:]) in DOMAINS for at in range(len(labels) - 1))
