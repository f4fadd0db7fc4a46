"""Consumer mail: domains where anybody may have a mailbox, so that they name no company."""

from __future__ import annotations

DOMAINS: frozenset[str] = frozenset((
    "126.com", "139.com", "163.com", "189.cn", "21cn.com", "aim.com", "alice.it", "aliyun.com",
    "ameritech.net", "aol.co.uk", "aol.com", "aol.de", "aol.fr", "arcor.de", "att.net",
    "bellsouth.net", "bigpond.com", "bigpond.net.au", "bk.ru", "bluewin.ch", "bol.com.br",
    "btinternet.com", "centurylink.net", "charter.net", "cock.li", "comcast.net", "cox.net",
    "daum.net", "duck.com", "earthlink.net", "email.com", "email.cz", "embarqmail.com",
    "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "frontier.com",
    "frontiernet.net", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net",
    "googlemail.com", "hanmail.net", "hey.com", "home.nl", "hotmail.be", "hotmail.ca",
    "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr", "hotmail.it",
    "hotmail.nl", "hushmail.com", "icloud.com", "ig.com.br", "inbox.com", "inbox.lv", "inbox.ru",
    "interia.pl", "juno.com", "kpnmail.nl", "laposte.net", "libero.it", "list.ru", "live.ca",
    "live.co.uk", "live.com", "live.de", "live.fr", "live.it", "live.nl", "lycos.com", "mac.com",
    "mail.com", "mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "netscape.net",
    "netzero.net", "ntlworld.com", "o2.pl", "onet.pl", "optonline.net", "optusnet.com.au",
    "orange.fr", "outlook.at", "outlook.com", "outlook.com.br", "outlook.de", "outlook.es",
    "outlook.fr", "outlook.it", "pacbell.net", "pm.me", "posteo.de", "prodigy.net",
    "proton.me", "protonmail.ch", "protonmail.com", "q.com", "qq.com", "rambler.ru",
    "rediffmail.com", "roadrunner.com", "rocketmail.com", "rogers.com", "rr.com", "sbcglobal.net",
    "seznam.cz", "sfr.fr", "shaw.ca", "sina.cn", "sina.com", "sky.com", "skynet.be", "sohu.com",
    "suddenlink.net", "sympatico.ca", "t-online.de", "talktalk.net", "telenet.be", "telus.net",
    "terra.com.br", "tiscali.it", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de",
    "uol.com.br", "verizon.net", "videotron.ca", "virgilio.it", "virgin.net", "virginmedia.com",
    "wanadoo.fr", "web.de", "windstream.net", "wp.pl", "xs4all.nl", "xtra.co.nz", "ya.ru",
    "yahoo.ca", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.com.au",
    "yahoo.com.br", "yahoo.com.mx", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.in", "yahoo.it",
    "yandex.com", "yandex.ru", "yeah.net", "ymail.com", "zoho.com", "zohomail.com",
))  # fmt: skip


def is_consumer_mail(domain: str) -> bool:
    """Tell whether a domain, or the one above it, is a consumer mail service."""
    domain = domain.casefold().rstrip(".")
    return domain in DOMAINS or domain.partition(".")[2] in DOMAINS
