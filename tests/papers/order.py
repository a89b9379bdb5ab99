"""The order in which Word wants the children of an element (ECMA-376), for all parts of a file."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO

from lxml import etree

_PARAGRAPH = (
    "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr "
    "shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
    "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
    "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr "
    "sectPr pPrChange"
)
_EDGES = "top left start bottom right end insideH insideV tl2br tr2bl between bar"
ORDER = {
    "pPr": _PARAGRAPH,
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
    "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u effect "
    "bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
    "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader "
    "tblCellSpacing jc hidden",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
    "vAlign hideMark",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc "
    "pgBorders lnNumType pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi "
    "rtlGutter docGrid printerSettings",
    "tblBorders": _EDGES,
    "tcBorders": _EDGES,
    "pBdr": _EDGES,
    "tblCellMar": _EDGES,
    "style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden "
    "unhideWhenUsed qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr "
    "tcPr tblStylePr",
    "styles": "docDefaults latentStyles style",
    "docDefaults": "rPrDefault pPrDefault",
    "settings": "writeProtection view zoom removePersonalInformation removeDateAndTime "
    "doNotDisplayPageBoundaries displayBackgroundShape printPostScriptOverText "
    "printFractionalCharacterWidth printFormsData embedTrueTypeFonts embedSystemFonts "
    "saveSubsetFonts saveFormsData mirrorMargins alignBordersAndEdges bordersDoNotSurroundHeader "
    "bordersDoNotSurroundFooter gutterAtTop hideSpellingErrors hideGrammaticalErrors "
    "activeWritingStyle proofState formsDesign attachedTemplate linkStyles stylePaneFormatFilter "
    "stylePaneSortMethod documentType mailMerge revisionView trackRevisions doNotTrackMoves "
    "doNotTrackFormatting documentProtection autoFormatOverride styleLockTheme styleLockQFSet "
    "defaultTabStop autoHyphenation consecutiveHyphenLimit hyphenationZone doNotHyphenateCaps "
    "showEnvelope summaryLength clickAndTypeStyle defaultTableStyle evenAndOddHeaders "
    "bookFoldRevPrinting bookFoldPrinting bookFoldPrintingSheets drawingGridHorizontalSpacing "
    "drawingGridVerticalSpacing displayHorizontalDrawingGridEvery displayVerticalDrawingGridEvery "
    "doNotUseMarginsForDrawingGridOrigin drawingGridHorizontalOrigin drawingGridVerticalOrigin "
    "doNotShadeFormData noPunctuationKerning characterSpacingControl printTwoOnOne "
    "strictFirstAndLastChars noLineBreaksAfter noLineBreaksBefore savePreviewPicture "
    "doNotValidateAgainstSchema saveInvalidXml ignoreMixedContent alwaysShowPlaceholderText "
    "doNotDemarcateInvalidXml saveXmlDataOnly useXSLTWhenSaving saveThroughXslt showXMLTags "
    "alwaysMergeEmptyNamespace updateFields hdrShapeDefaults footnotePr endnotePr compat docVars "
    "rsids mathPr attachedSchema themeFontLang clrSchemeMapping doNotIncludeSubdocsInStats "
    "doNotAutoCompressPictures forceUpgrade captions readModeInkLockDown smartTagType schemaLibrary "
    "shapeDefaults doNotEmbedSmartTags decimalSymbol listSeparator",
    "inline": "extent effectExtent docPr cNvGraphicFramePr graphic",
    "pic": "nvPicPr blipFill spPr",
    "spPr": "xfrm custGeom prstGeom ln",
}
"""Element → its children in order; unknown children are a mistake too."""
FIRST = {"p": "pPr", "r": "rPr", "tbl": "tblPr", "tr": "trPr", "tc": "tcPr"}
"""Element → the child that stands first where it stands at all."""


def out_of_order(data: bytes) -> Iterator[str]:
    """What Word would find in the wrong place, in the document, styles, headers, settings …"""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for part in archive.namelist():
            if re.match(r"word/[^/]*\.xml$", part):
                yield from (f"{part}: {fault}" for fault in _faults_of(archive.read(part)))


@cache
def _faults_of(part: bytes) -> tuple[str, ...]:
    """Styles and settings are the same bytes in most documents."""
    elements = etree.fromstring(part).iter(etree.Element)
    return tuple(fault for element in elements for fault in _faults(element))


def _faults(element: etree._Element) -> Iterator[str]:
    name = etree.QName(element).localname
    # what Word 2010 added has a namespace of its own, which older ones ignore
    names = [etree.QName(child).localname for child in element if "/2010/" not in child.tag]
    order = ORDER.get(name)
    if order is not None:
        known = order.split()
        unknown = [each for each in names if each not in known]
        # headers and footers may be named in any order
        told = [each.replace("headerReference", "footerReference") for each in names]
        places = [known.index(each) for each in told if each in known]
        if unknown or places != sorted(places):
            yield f"{name}: {names}"
    first = FIRST.get(name)
    if first in names and names[0] != first:
        yield f"{name}: {first} does not stand first: {names}"
    if name == "tc" and names[-1:] != ["p"]:
        yield f"tc ends in {names[-1:]}: a cell ends in a paragraph"
    if name == "tbl" and names[1:2] != ["tblGrid"]:
        yield f"tbl: no grid behind its properties: {names[:3]}"
    if name == "body" and names[-1:] != ["sectPr"]:
        yield f"body ends in {names[-1:]}"
