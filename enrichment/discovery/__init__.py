"""Business discovery: places in, searches asked, companies and contacts out by way of an import.

places, kind, searches ─► estimate ─► approve ─► places are claimed and searched (`working`)
    ─► finds put together, each business once (`ending`) ─► contacts.Import
    ─► fates, companies without a phone, facts of companies (`settling`) ─► done
"""
